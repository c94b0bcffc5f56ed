//! `runkey use`: checks the run's key and becomes the command that works with it.

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode};
use std::time::Duration;

use jiff::Timestamp;

use crate::advice;
use crate::cli::{Access, Common, Use};
use crate::console::Console;
use crate::failure::Failure;
use crate::octopus::{Address, Client, Credential, Error, Id, KeyRecord};
use crate::purpose::Purpose;
use crate::secret::Secret;
use crate::session;
use crate::text;
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
        check(&client, options, purpose.as_ref(), &key, console)?;
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

/// Asks the server about the key, in one request: the key's own record where its id and owner are
/// known, else who the key belongs to.
fn check(
    client: &Client,
    options: &Use,
    purpose: Option<&Purpose>,
    key: &Secret,
    console: Console,
) -> Result<(), Failure> {
    if let (Some(id), Some(owner)) = (&options.key_id, &options.key.owner) {
        let id = Id::new(id).ok_or_else(|| {
            Failure::usage(
                "The key's id (--key-id, RUNKEY_KEY_ID) is not an id.",
                "Take it from the create step's output variable ApiKeyId.",
            )
        })?;
        let owner = which_key::owner(client, Some(owner))?;
        match client.key(&owner, &id) {
            Ok(record) => {
                return check_record(client, &record, options.access, purpose, key, console);
            }
            // Whether every key may read its own record is not documented.
            Err(Error::Status { status: 403, .. }) => console
                .warning("The key may not read its own record, so only its owner is checked."),
            Err(error) if error.status() == Some(404) => {
                return Err(wrong_key(&format!(
                    "the account {owner} has no key {id}, though the key itself works"
                )));
            }
            Err(error) => return Err(dead(&error)),
        }
    }
    let me = client.me().map_err(|error| dead(&error))?;
    let owner = options.key.owner.as_deref();
    if owner
        .is_some_and(|owner| owner != me.id.as_str() && !owner.eq_ignore_ascii_case(&me.username))
    {
        return Err(wrong_key(&format!(
            "it belongs to '{}' ({})",
            text::excerpt(&me.username),
            me.id
        )));
    }
    if options.access == Some(Access::ReadOnly) {
        return Err(Failure::new(
            "Whether the key is read-only could not be checked.",
            "Give --key-id and --owner (RUNKEY_KEY_ID and RUNKEY_OWNER) as well.",
        ));
    }
    console.info(&format!(
        "The key works; it belongs to '{}' ({}).",
        text::excerpt(&me.username),
        me.id
    ));
    Ok(())
}

fn check_record(
    client: &Client,
    record: &KeyRecord,
    access: Option<Access>,
    purpose: Option<&Purpose>,
    key: &Secret,
    console: Console,
) -> Result<(), Failure> {
    let stored = record.purpose.as_deref().unwrap_or_default();
    let is_another = purpose.is_some_and(|purpose| purpose.as_str() != stored);
    let stored = text::excerpt(stored);
    if is_another {
        return Err(wrong_key(&format!("its purpose is '{stored}'")));
    }
    if record
        .hint
        .as_deref()
        .is_some_and(|hint| !key.fits_hint(hint))
    {
        return Err(wrong_key("its id is that of another key"));
    }
    let Some(expires) = record.expires else {
        return Err(wrong_key("it never expires"));
    };
    if expires <= client.now() {
        return Err(expired(expires));
    }
    if access == Some(Access::ReadOnly) && !record.is_read_only() {
        return Err(wrong_key(&format!(
            "it is not read-only (its access level: {})",
            text::excerpt(record.access_level.as_deref().unwrap_or("unknown"))
        )));
    }
    console.info(&format!("The key works: '{stored}', until {expires:.0}."));
    Ok(())
}

fn dead(error: &Error) -> Failure {
    match error.status() {
        Some(401) => Failure::new(
            "The key is dead: it was revoked, it expired, or its account is disabled.",
            "Look whether a delete step ran before this one, and whether the run took longer than --expires-in (RUNKEY_EXPIRES_IN) of the create step.",
        )
        .said(error.said().map(ToOwned::to_owned)),
        _ => advice::explain("Cannot check the key", error),
    }
}

fn expired(expires: Timestamp) -> Failure {
    Failure::new(
        format!("The key expired at {expires:.0}."),
        "Give the create step a longer --expires-in (RUNKEY_EXPIRES_IN).",
    )
}

fn wrong_key(why: &str) -> Failure {
    Failure::new(
        format!("The key is not the one that it should be: {why}."),
        "Take the key, its id and its purpose from the create step of this same run.",
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
