//! Short-lived Octopus Deploy API keys, one per run, named after the person who started it.
//!
//! This file is the wiring: the environment, the command line, the subcommand, the exit code.

// All output goes through `output`; all of the environment through `Environment`.
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods)]

mod cli;
mod command;
mod create;
mod delete;
mod environment;
mod one_command;
mod output;
mod process;
mod report;
mod run;
// `use` is a keyword.
mod use_key;

use std::cell::OnceCell;
use std::env;
use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::rc::Rc;

use cli::{CommandArgs, EarlyArgs, OutputFormat, Stop, Subcommand};
use command::Signals;
use environment::Environment;
use output::{Failure, Verbosity};
use run::Context;

fn main() -> ExitCode {
    process::protect();
    let arguments: Vec<OsString> = env::args_os().collect();
    let early = EarlyArgs::scan(&arguments);
    let environment = OnceCell::new();
    let result = panic::catch_unwind(AssertUnwindSafe(|| run(&arguments, &early, &environment)));
    let report = match result {
        Ok(Ok(code)) => return code,
        Ok(Err(report)) => report,
        Err(_) => Failure::crash().into(),
    };
    let failure = Failure::of_report(report);
    let format = format(&early, environment.get().unwrap_or(&Environment::default()));
    let has_command = early.command != CommandArgs::None;
    output::reporter(format, Verbosity::Normal, has_command).failure(&failure);
    failure.exit_code(early.uses_command_exit_codes())
}

fn format(early: &EarlyArgs, environment: &Environment) -> OutputFormat {
    early.output(environment.get("RUNKEY_OUTPUT"))
}

fn run(
    arguments: &[OsString],
    early: &EarlyArgs,
    environment: &OnceCell<Environment>,
) -> color_eyre::Result<ExitCode> {
    if let Some(kind) = early
        .value("generate")
        .filter(|_| early.subcommand().is_none())
    {
        output::print(&cli::generate(kind)?);
        return Ok(ExitCode::SUCCESS);
    }
    let loaded = Environment::load(early.env_file().as_deref())?;
    let environment = environment.get_or_init(|| loaded);
    let parsed = match cli::parse(arguments, early, environment) {
        Ok(parsed) => parsed,
        Err(Stop::Print(text)) => {
            output::print(&text);
            return Ok(ExitCode::SUCCESS);
        }
        Err(Stop::Failure(failure)) => return Err(failure.into()),
    };
    let common = &parsed.cli.common;
    let verbosity = Verbosity::of(common.verbose, common.quiet);
    let has_command = early.command != CommandArgs::None;
    let reporter = output::reporter(format(early, environment), verbosity, has_command);
    environment.report(&*reporter);
    for warning in &parsed.warnings {
        reporter.warning(warning);
    }
    let context = Context {
        common,
        environment,
        reporter: &reporter,
        signals: &Rc::new(Signals::default()),
    };
    let subcommand = &parsed.cli.subcommand;
    let result = run_subcommand(subcommand, &context, has_command);
    Ok(result.map_err(|failure| match context.signals.pending() {
        Some(signal) => failure.interrupted_by(signal),
        None => failure,
    })?)
}

fn run_subcommand(
    subcommand: &Subcommand,
    context: &Context<'_>,
    has_command: bool,
) -> Result<ExitCode, Failure> {
    match subcommand {
        Subcommand::Create(options) if has_command => return one_command::run(options, context),
        Subcommand::Use(options) => return use_key::run(options, context),
        Subcommand::Create(options) => create::run(options, context)?,
        Subcommand::Delete(options) => delete::run(options, context)?,
    }
    Ok(ExitCode::SUCCESS)
}
