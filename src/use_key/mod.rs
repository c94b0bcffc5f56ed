//! `runkey use`: checks the run key, and becomes the command that works with it.

mod check;

use std::process::ExitCode;
use std::time::Duration;

use octopus::{Credential, Secret};

use crate::cli::UseOptions;
use crate::command::{self, Work};
use crate::output::{self, Failure};
use crate::run::{API_KEY, Context, owner};

/// How long requests are retried by default.
const RETRY_FOR: Duration = Duration::from_mins(2);

/// Checks the key and becomes the command, whose exit code becomes runkey's.
///
/// # Errors
/// When the key is missing, no longer valid, or another run's; the command has not run.
pub fn run(options: &UseOptions, context: &Context<'_>) -> Result<ExitCode, Failure> {
    let expected = check::Expected::of(options)?;
    owner::check(options.run.owner.as_ref())?;
    command::refuse_secret_arguments(&options.command)?;
    let address = context.address()?;
    let key = key(options, context)?;
    let work = Work {
        key: &key,
        address: &address,
        space: options.space.as_ref(),
        ca_file: context.common.ca_file.as_deref(),
        keep_env: &options.keep_env,
    };
    if options.generate.is_some() {
        // The key was checked before, and standard output is the shell's alone to read.
        output::print(&(work.shell_lines().join("\n") + "\n"));
        return Ok(ExitCode::SUCCESS);
    }
    if options.no_check {
        context
            .reporter
            .verbose("Skipped the key check (--no-check).");
    } else {
        let client = context.client(Credential::ApiKey(key.clone()), RETRY_FOR)?;
        let checked = check::check(&client, options, &expected, &**context.reporter)?;
        context.reporter.result(&checked);
    }
    if options.command.is_empty() {
        work.report_removed(&**context.reporter);
        return Ok(ExitCode::SUCCESS);
    }
    work.exec(&options.command, &**context.reporter)
        .or_else(|error| {
            context.reporter.failure(&error.failure());
            Ok(error.exit_code().into())
        })
}

fn key(options: &UseOptions, context: &Context<'_>) -> Result<Secret, Failure> {
    context.secret(API_KEY)?.ok_or_else(|| {
        let step = options.create_step.as_ref().map_or_else(
            || "the create step".to_owned(),
            |step| format!("the create step '{step}'"),
        );
        Failure::usage(
            format!("{API_KEY} is not set: {step} did not run, failed, or has a different name."),
            "Put 'Octopus - Create Run API Key' before this step, without a condition that skips it, and select it here. On your machine, use `runkey create -- COMMAND`.",
        )
    })
}
