//! `runkey use`: checks the run's key and becomes the command that works with it.

mod check;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use crate::cli::Use;
use crate::command::{self, Work};
use crate::key::{self, owner};
use crate::octopus::Credential;
use crate::output::Failure;
use crate::secret::API_KEY;
use crate::session::Session;
use crate::stranger::Stranger;

/// How long to keep trying unless told otherwise.
const RETRY_FOR: Duration = Duration::from_mins(2);

/// Checks the key and runs the command, whose exit code becomes ours.
///
/// # Errors
/// When the key is missing, dead, or not what it should be; the command has not run.
pub fn run(options: &Use, session: &Session<'_>) -> Result<ExitCode, Failure> {
    let console = session.console;
    if options.generate.is_some() {
        return generate(options, session);
    }
    // The run's key is the credential here, and a key in its own purpose is one too many.
    let secrets = session.every_secret();
    let purpose = key::optional_purpose(&options.key, &secrets)?;
    owner::check_given(options.key.owner.as_ref(), &secrets)?;
    let address = session.address()?;
    let key = session
        .secret(API_KEY)?
        .ok_or_else(|| missing(options.create_step.as_ref()))?;

    if options.no_check {
        console.verbose("The key is not checked, as asked.");
    } else {
        let credential = Credential::ApiKey(key.clone());
        let client = session
            .client(address.clone(), credential, RETRY_FOR)?
            .giving_names_up();
        let found = check::check(&client, options, purpose.as_ref(), console)?;
        console.result(&found);
    }
    let Some((program, arguments)) = options.command.split_first() else {
        return Ok(ExitCode::SUCCESS);
    };
    let work = Work {
        key: &key,
        address: &address,
        space: options.space.as_ref(),
    };
    let command = work.command(program, arguments);
    command::become_it(command, program).or_else(|not_run| {
        console.failure(not_run.failure);
        Ok(not_run.code.into())
    })
}

/// Tells the shell of a step what the script finds in its environment. The key was checked before.
fn generate(options: &Use, session: &Session<'_>) -> Result<ExitCode, Failure> {
    let key = session.secret(API_KEY)?;
    let work = Work {
        key: &key.ok_or_else(|| missing(options.create_step.as_ref()))?,
        address: &session.address()?,
        space: options.space.as_ref(),
    };
    print(&work.lines())
}

/// Standard output is the shell's alone to read: no log line is among these.
fn print(lines: &[String]) -> Result<ExitCode, Failure> {
    let text = lines.join("\n") + "\n";
    let written = io::stdout().lock().write_all(text.as_bytes());
    written
        .map(|()| ExitCode::SUCCESS)
        .map_err(|error| Failure::new(format!("Cannot write to standard output: {error}."), ""))
}

fn missing(create_step: Option<&Stranger>) -> Failure {
    let step = create_step.map_or_else(
        || "the step that makes the key".to_owned(),
        |step| format!("the step '{step}', which makes the key,"),
    );
    Failure::usage(
        format!("There is no key in {API_KEY}: {step} did not run, failed, or has another name."),
        "Put 'Octopus - Create Run API Key' before this step, without a condition that skips it, and give this one its exact name. At a desk, `runkey create -- COMMAND` makes a key of its own.",
    )
}
