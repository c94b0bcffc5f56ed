//! One Octopus Deploy API key per runbook run, named after the person who started it.
//!
//! This file is the wiring alone: the `.env` file, the command line, the step, the exit code.

// Whatever is printed goes through the console; what is read of the environment, through `Environment`.
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods)]

mod cli;
mod command;
mod create;
mod delete;
mod duration;
mod env_file;
mod key;
mod octopus;
mod one_step;
mod output;
mod secret;
mod session;
mod signals;
mod step_context;
mod stranger;
// `use` is a word of Rust's.
mod use_key;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;
use std::rc::Rc;

use cli::{Look, OutputFormat, Parsed, Step};
use env_file::Environment;
use output::console::{self, Console};
use output::failure::{Failure, Kind};
use session::Session;
use signals::Signals;

fn main() -> ExitCode {
    secret::keep_memory_private();
    signals::outlive_file_limits();
    let arguments: Vec<OsString> = env::args_os().collect();
    let look = cli::look(&arguments, &Environment::default());
    console::quiet_panics(exit_code(Kind::Failed, &look));
    let console = Console::new(look.output, false).beside(look.has_command);
    let environment = match Environment::load(look.env_file.as_deref()) {
        Ok(environment) => environment,
        Err(failure) => return give_up(failure, console, &look),
    };
    match cli::parse(&arguments, &look, &environment) {
        Ok(parsed) => run(&parsed, &environment, &look),
        Err(error) if !error.use_stderr() => {
            console::help(&error);
            ExitCode::SUCCESS
        }
        Err(error) => give_up(cli::explain(&error, &look), console, &look),
    }
}

fn run(parsed: &Parsed, environment: &Environment, look: &Look) -> ExitCode {
    let common = &parsed.cli.common;
    let format = common
        .output
        .unwrap_or_else(|| OutputFormat::usual(look.has_command));
    let console = Console::new(format, common.verbose).beside(look.has_command);
    console::wait_for_readers(common.timeout);
    let session = Session {
        common,
        environment,
        console,
        signals: &Rc::new(Signals::default()),
    };
    if let Some(line) = &environment.read {
        console.info(line);
    }
    let of_step = environment.step().map_or(&[][..], |step| step.warnings());
    for warning in parsed.warnings.iter().chain(of_step) {
        console.warning(warning);
    }
    let step = &parsed.cli.step;
    let done = session.check_complete(step).and_then(|()| match step {
        Step::Create(options) if look.has_command => one_step::run(options, &session),
        Step::Create(options) => create::run(options, &session).map(|()| ExitCode::SUCCESS),
        Step::Use(options) => use_key::run(options, &session),
        Step::Delete(options) => delete::run(options, &session).map(|()| ExitCode::SUCCESS),
    });
    done.unwrap_or_else(|failure| give_up(failure, console, look))
}

fn give_up(failure: Failure, console: Console, look: &Look) -> ExitCode {
    let code = exit_code(failure.kind(), look);
    console.failure(failure);
    code.into()
}

/// Where there may be a COMMAND, one code is for runkey's own failures, so that every other is COMMAND's.
fn exit_code(kind: Kind, look: &Look) -> u8 {
    match kind {
        Kind::Signal(signal) => u8::try_from(signals::exit_code(signal)).unwrap_or(1),
        _ if look.codes_are_commands() => command::RUNKEY_FAILED,
        Kind::Failed => 1,
        Kind::Usage => 2,
    }
}
