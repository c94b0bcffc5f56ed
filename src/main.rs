//! One Octopus Deploy API key per runbook run, named after the person who started it.
//!
//! This file is the wiring alone: the `.env` file, the command line, the step, the exit code.

// Whatever is printed goes through the console, which defuses it.
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod advice;
mod cli;
mod console;
mod create;
mod delete;
mod env_file;
mod failure;
mod hand_over;
mod key_check;
mod lifetime;
mod octopus;
mod purpose;
mod report;
mod revoke;
mod search;
mod secret;
mod service_message;
mod session;
mod text;
mod use_key;
mod which_key;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use cli::{Cli, Step};
use console::Console;
use failure::{Failure, Kind};

fn main() -> ExitCode {
    secret::keep_memory_private();
    let arguments: Vec<OsString> = env::args_os().collect();
    let is_use = cli::peek_step(&arguments).is_some_and(|step| step == "use");
    console::quiet_panics(exit_code(Kind::Failed, is_use));
    let console = Console::new(cli::peek_output(&arguments), false);
    let from_file = match env_file::load(&arguments) {
        Ok(names) => names,
        Err(failure) => return give_up(failure, console, is_use),
    };
    let cli = match cli::parse(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            console.usage(&error);
            return if error.use_stderr() {
                exit_code(Kind::Usage, is_use).into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let console = Console::new(cli.common.output, cli.common.verbose);
    let is_use = matches!(cli.step, Step::Use(_));
    run(&cli, console, &from_file).unwrap_or_else(|failure| give_up(failure, console, is_use))
}

fn run(cli: &Cli, console: Console, from_file: &[String]) -> Result<ExitCode, Failure> {
    match &cli.step {
        Step::Create(create) => {
            create::run(create, &cli.common, console).map(|()| ExitCode::SUCCESS)
        }
        Step::Use(options) => use_key::run(options, &cli.common, console, from_file),
        Step::Delete(delete) => {
            delete::run(delete, &cli.common, console).map(|()| ExitCode::SUCCESS)
        }
    }
}

fn give_up(failure: Failure, console: Console, is_use: bool) -> ExitCode {
    let code = exit_code(failure.kind(), is_use);
    console.failure(failure);
    code.into()
}

/// `use` has one code for its own failures, so that every other is the command's.
fn exit_code(kind: Kind, is_use: bool) -> u8 {
    match kind {
        _ if is_use => use_key::RUNKEY_FAILED,
        Kind::Failed => 1,
        Kind::Usage => 2,
    }
}
