//! Whose run a one-command run is, as far as it was not said.

use octopus::{Client, Untrusted, User};

use crate::cli::RunOptions;
use crate::environment::name;
use crate::output::Failure;
use crate::run::{Context, Owner, RunId, owner};

/// What this machine is called if the system gives no name that can stand in a run ID.
const FALLBACK_HOST: &str = "localhost";

/// The run ID: the one given, else the host's name, with eight random digits of its own.
///
/// # Errors
/// When the run ID is invalid.
pub fn run_id(options: &RunOptions, context: &Context<'_>) -> Result<RunId, Failure> {
    let base = match &options.run_id {
        Some(id) => RunId::of_option(id)?,
        None => host_run_id(context)?,
    };
    RunId::one_command(&base).map_err(|error| {
        Failure::usage(format!("--run-id (RUNKEY_RUN_ID) {error}."), "Shorten it.")
    })
}

fn host_run_id(context: &Context<'_>) -> Result<RunId, Failure> {
    let host = host(context);
    let label = host.trim().split('.').next().unwrap_or_default();
    RunId::new(label)
        .or_else(|_| RunId::new(FALLBACK_HOST))
        .map_err(|error| {
            Failure::usage(
                format!("The host name {error}."),
                "Set --run-id (RUNKEY_RUN_ID).",
            )
        })
}

/// This machine's name, or nothing.
#[cfg(unix)]
fn host(_: &Context<'_>) -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// This machine's name, or nothing.
#[cfg(windows)]
fn host(context: &Context<'_>) -> String {
    let name = context.environment.get("COMPUTERNAME").unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Who started the run, and the account that owns the key.
///
/// # Errors
/// When the server cannot be asked, or the credential's account is not a person's.
pub fn starter_and_owner(
    options: &RunOptions,
    client: &Client,
) -> Result<(Untrusted, Owner), Failure> {
    let given = options.owner.as_ref();
    if let Some(by) = &options.run_by {
        return Ok((by.clone(), owner::find(client, given)?));
    }
    let me = owner::find(client, None)?;
    let by = match &me.user {
        Some(user) => person(user)?,
        None => return Err(not_a_person("unknown")),
    };
    let owner = match given {
        Some(_) => owner::find(client, given)?,
        None => me,
    };
    Ok((by, owner))
}

/// The person that an account is, as a run's name.
fn person(user: &User) -> Result<Untrusted, Failure> {
    if user.is_service != Some(false) {
        return Err(not_a_person(&user.username.to_string()));
    }
    let username = name::clean_username(user.username.raw());
    let display = user.display_name.as_ref().map(|name| name.raw().trim());
    Ok(match display.filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} ({username})").into(),
        None => username.into(),
    })
}

fn not_a_person(username: &str) -> Failure {
    Failure::usage(
        format!(
            "--run-by (RUNKEY_RUN_BY) is required: '{username}' is a service account, so runkey cannot tell who started the run."
        ),
        "Set it to the person, such as 'Alice King (alice)'.",
    )
}
