//! `runkey use`: checks the run's key and becomes the command that works with it.

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::cli::{Common, OutputFormat, Use};
use crate::console::{self, Console};
use crate::failure::Failure;
use crate::key_check;
use crate::octopus::{Address, Credential};
use crate::secret::Secret;
use crate::session;
use crate::which_key;

/// runkey itself failed; the command did not run.
pub const RUNKEY_FAILED: u8 = 125;
/// The command is there but cannot be run.
const CANNOT_RUN: u8 = 126;
/// The command is not there.
const NOT_FOUND: u8 = 127;
/// How long to keep trying unless told otherwise.
const RETRY_FOR: Duration = Duration::from_mins(2);

/// Checks the key and runs the command, whose exit code becomes ours. `from_file` names the
/// variables that came from a `.env` file: they are runkey's, not the command's.
///
/// # Errors
/// When the key is missing, dead, or not what it should be; the command has not run.
pub fn run(
    options: &Use,
    common: &Common,
    console: Console,
    from_file: &[String],
) -> Result<ExitCode, Failure> {
    let purpose = which_key::optional_purpose(&options.key)?;
    which_key::check_owner(options.key.owner.as_deref())?;
    let address = session::address(common)?;
    let key = session::secret(session::API_KEY)?
        .ok_or_else(|| missing(options.create_step.as_deref()))?;

    if options.no_check {
        console.verbose("The key is not checked, as asked.");
    } else {
        let credential = Credential::ApiKey(key.clone());
        let client = session::client(common, address.clone(), credential, RETRY_FOR, console)?;
        let found = key_check::check(&client, options, purpose.as_ref(), &key, console)?;
        // With a command, standard output is the command's.
        if console.format() == OutputFormat::Json && options.command.is_empty() {
            let _ = console::write_out(&console::json_line(&found));
        }
    }
    let Some((program, arguments)) = options.command.split_first() else {
        return Ok(ExitCode::SUCCESS);
    };
    let command = prepare(
        program,
        arguments,
        &key,
        &address,
        options.space.as_deref(),
        from_file,
    );
    Ok(start(command, program, console))
}

fn missing(create_step: Option<&str>) -> Failure {
    let step = create_step.map_or_else(
        || "The step that makes the key".to_owned(),
        |step| format!("The step '{step}', which makes the key,"),
    );
    Failure::usage(
        format!(
            "There is no key in {}: {step} did not run, failed, or has another name.",
            session::API_KEY
        ),
        "Put 'Create Run API Key' before this step, without a condition that skips it, and give its exact name here.",
    )
}

/// What the command sees: this environment, with the key and without what only runkey needs.
fn prepare(
    program: &OsString,
    arguments: &[OsString],
    key: &Secret,
    address: &Address,
    space: Option<&str>,
    from_file: &[String],
) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    for name in from_file {
        command.env_remove(name);
    }
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"RUNKEY_") {
            command.env_remove(name);
        }
    }
    command.env_remove(session::ACCESS_TOKEN);
    command
        .env(session::API_KEY, key.expose())
        .env("OCTOPUS_URL", address.as_str());
    if let Some(space) = space {
        command.env("OCTOPUS_SPACE", space);
    }
    command
}

/// Becomes the command: same process, same standard streams, same signals. Returns only if it could not.
#[cfg(unix)]
fn start(mut command: Command, program: &OsString, console: Console) -> ExitCode {
    use std::os::unix::process::CommandExt;
    cannot_run(program, &command.exec(), console)
}

/// Runs the command as a child, since Windows cannot replace a process, and passes its exit code on.
#[cfg(not(unix))]
fn start(mut command: Command, program: &OsString, console: Console) -> ExitCode {
    match command.status() {
        // An exit code here has 32 bits, which `ExitCode` would cut to 8.
        Ok(status) => std::process::exit(status.code().unwrap_or(i32::from(RUNKEY_FAILED))),
        Err(error) => cannot_run(program, &error, console),
    }
}

fn cannot_run(program: &OsString, error: &io::Error, console: Console) -> ExitCode {
    let program = program.to_string_lossy();
    let (code, what) = if error.kind() == io::ErrorKind::NotFound {
        (NOT_FOUND, format!("The command '{program}' was not found."))
    } else {
        (
            CANNOT_RUN,
            format!("The command '{program}' cannot be run: {error}."),
        )
    };
    console.failure(Failure::new(
        what,
        "Check its name, the PATH of this worker, and that it may be executed.",
    ));
    ExitCode::from(code)
}
