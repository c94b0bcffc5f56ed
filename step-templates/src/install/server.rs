//! The connection to the server that is installed to, and the form of every error.

use std::env;
use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use color_eyre::Report;
use color_eyre::eyre::{Result, eyre};
use octopus::{Address, Client, Credential, Error, ErrorKind, Observer, Proxy, Secret, Settings};

/// How long an upload may take, which has megabytes.
const TIMEOUT: Duration = Duration::from_mins(10);
/// How long any other operation may take, with its retries; and for how long an upload is retried.
pub const OPERATION: Duration = Duration::from_mins(1);

/// Connects to the server at this URL, with the credential of the environment.
pub fn connect(url: &str) -> Result<Client> {
    let credential = credential()?;
    let address = Address::parse(url).map_err(|error| eyre!("OCTOPUS_URL {error}."))?;
    if !address.is_secure() && !address.is_loopback() {
        eprintln!(
            "Warning: The connection is not encrypted. Anyone on the network path can read the credential. Use https."
        );
    }
    let proxy = Proxy::from_environment(&address).map_err(|error| eyre!("{error}."))?;
    let client = Client::new(Settings {
        address,
        credential,
        ca_file: None,
        proxy,
        timeout: TIMEOUT,
        retry_for: OPERATION,
        observer: Rc::new(Log),
    });
    client.map_err(|error| eyre!("The CA certificates cannot be used: {error}."))
}

fn credential() -> Result<Credential> {
    match (secret("OCTOPUS_API_KEY")?, secret("OCTOPUS_ACCESS_TOKEN")?) {
        (Some(key), None) => Ok(Credential::ApiKey(key)),
        (None, Some(token)) => Ok(Credential::AccessToken(token)),
        (Some(_), Some(_)) => Err(refusal(
            "OCTOPUS_API_KEY and OCTOPUS_ACCESS_TOKEN are both set.",
            "Leave one of them out.",
        )),
        (None, None) => Err(refusal(
            "No credential is set.",
            "Set OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN.",
        )),
    }
}

/// Returns the secret of a variable; nothing where it is empty.
pub fn secret(name: &str) -> Result<Option<Secret>> {
    let text = env::var(name).ok().filter(|text| !text.is_empty());
    let secret = text.map(Secret::new);
    if secret.as_ref().is_none_or(Credential::can_be_sent) {
        return Ok(secret);
    }
    let happened = format!("{name} contains white space or another character of no credential.");
    Err(refusal(happened, "Copy the credential again."))
}

/// Returns an error: what happened, and what to do.
pub fn refusal(happened: impl Display, help: impl Display) -> Report {
    eyre!("{happened}\nHelp: {help}")
}

/// Returns the error of a request: what failed, what Octopus said, and what to do: here, which
/// permission is missing.
pub fn explain(task: &str, permission: &str, error: &Error) -> Report {
    let said = error.said.as_ref();
    let said = said.map(|said| format!("\nOctopus said: \"{said}\""));
    let happened = format!("{task}: {error}.{}", said.unwrap_or_default());
    refusal(happened, help(permission, error))
}

fn help(permission: &str, error: &Error) -> String {
    let help = match error.kind {
        ErrorKind::Forbidden => {
            return format!("Give the installing account the {permission} permission.");
        }
        ErrorKind::Certificate(_) => {
            "The CA of the server's certificate must be trusted by this system (on Linux, SSL_CERT_FILE can name it)."
        }
        ErrorKind::Unauthorized => {
            "Check OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN: it may be another server's, revoked or expired."
        }
        ErrorKind::Rejected => "Correct what the server rejects, and run the command again.",
        ErrorKind::NotFound => "This server may be too old: docs/reference.md lists the versions.",
        _ if error.is_transient() => {
            "Check OCTOPUS_URL and the network, and run the command again: what is there is kept."
        }
        _ => "Set OCTOPUS_URL to the server's own URL, with its virtual directory if it has one.",
    };
    help.to_owned()
}

/// Logs why nothing happens for a while.
#[derive(Debug)]
struct Log;

impl Observer for Log {
    fn retrying(&self, error: &Error, _wait: Duration, left: Duration) {
        eprintln!("Retrying for {}s: {error}.", left.as_secs());
    }
}
