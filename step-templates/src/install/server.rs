//! The connection to the server that is installed to, and what is said when it refuses something.

use std::cell::RefCell;
use std::collections::HashSet;
use std::env;
use std::rc::Rc;
use std::time::{Duration, Instant};

use color_eyre::Report;
use color_eyre::eyre::{Result, bail, ensure, eyre};
use octopus::{Address, Client, Credential, Error, ErrorKind, Observer, Proxy, Secret, Settings};

/// How long an upload may take, which has megabytes.
const TIMEOUT: Duration = Duration::from_mins(10);
/// How long any other operation may take, with its retries; and for how long an upload is retried.
pub const OPERATION: Duration = Duration::from_mins(1);

/// Connects to the server at this URL, with the credential of the environment.
///
/// # Errors
/// When the URL, the credential or a proxy is invalid.
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
        observer: Rc::new(Log::default()),
    });
    client.map_err(|error| eyre!("The CA certificates cannot be used: {error}."))
}

fn credential() -> Result<Credential> {
    match (secret("OCTOPUS_API_KEY")?, secret("OCTOPUS_ACCESS_TOKEN")?) {
        (Some(_), Some(_)) => {
            bail!("OCTOPUS_API_KEY and OCTOPUS_ACCESS_TOKEN are both set. Leave one of them out.")
        }
        (Some(key), None) => Ok(Credential::ApiKey(key)),
        (None, Some(token)) => Ok(Credential::AccessToken(token)),
        (None, None) => bail!("Set OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN, and run this again."),
    }
}

/// Returns the secret of a variable; nothing where it is empty.
///
/// # Errors
/// When it can be no credential.
pub fn secret(name: &str) -> Result<Option<Secret>> {
    let Some(text) = env::var(name).ok().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let secret = Secret::new(text);
    ensure!(
        Credential::can_be_sent(&secret),
        "{name} contains white space or another character that is not valid in a credential."
    );
    Ok(Some(secret))
}

/// Says what failed, what Octopus said, and what to do: here, which permission is missing.
pub fn explain(task: &str, permission: &str, error: &Error) -> Report {
    let said = error.said.as_ref();
    let said = said.map(|said| format!("\nOctopus said: \"{said}\""));
    let help = help(permission, error);
    eyre!("{task}: {error}.{}\nHelp: {help}", said.unwrap_or_default())
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

/// Logs why nothing happens for a while, each reason once.
#[derive(Debug, Default)]
pub struct Log(RefCell<HashSet<String>>);

impl Observer for Log {
    fn sent(&self, _request: &str, _outcome: &str, _took: Duration) {}

    fn retrying(&self, error: &Error, _wait: Duration, left: Duration) {
        if self.0.borrow_mut().insert(error.to_string()) {
            eprintln!("Retrying for {}s: {error}.", left.as_secs());
        }
    }

    fn waiting(&self, _left: Duration) {}

    fn notice(&self, _line: &str) {}

    fn blocked(&self, _error: &Error) {}

    fn interrupted_at(&self) -> Option<Instant> {
        None
    }
}
