//! Gets ready to talk to the server: its address, the credential, the time allowed.

use std::env::{self, VarError};
use std::time::Duration;

use crate::cli::Common;
use crate::console::Console;
use crate::failure::Failure;
use crate::octopus::{Address, Client, Credential, Proxy, Settings};
use crate::secret::Secret;

/// The variable that holds an API key; the name is that of Octopus's own command line.
pub const API_KEY: &str = "OCTOPUS_API_KEY";
/// The variable that holds an access token; the name is that of Octopus's own command line.
pub const ACCESS_TOKEN: &str = "OCTOPUS_ACCESS_TOKEN";

/// The server's address, checked.
///
/// # Errors
/// When there is none or it cannot be used.
pub fn address(common: &Common) -> Result<Address, Failure> {
    const NEXT: &str = "Set --url (OCTOPUS_URL) to the server's address, such as https://octopus.example.com; in a step it is #{Octopus.Web.ServerUri}.";
    let url = common
        .url
        .as_deref()
        .ok_or_else(|| Failure::usage("The Octopus Server's URL is missing.", NEXT))?;
    // The URL itself is not quoted: people put passwords into URLs.
    Address::parse(url)
        .map_err(|why| Failure::usage(format!("The Octopus Server's URL {why}"), NEXT))
}

/// Either credential; exactly one must be set.
///
/// # Errors
/// When none or both are set, or one could not be sent.
pub fn credential() -> Result<Credential, Failure> {
    match (secret(API_KEY)?, secret(ACCESS_TOKEN)?) {
        (Some(key), None) => Ok(Credential::ApiKey(key)),
        (None, Some(token)) => Ok(Credential::AccessToken(token)),
        (None, None) => Err(Failure::usage(
            "There is no credential.",
            format!(
                "Set {API_KEY} to the service account's key, or {ACCESS_TOKEN} to a token had by OpenID Connect."
            ),
        )),
        (Some(_), Some(_)) => Err(Failure::usage(
            format!("Two credentials are given: {API_KEY} and {ACCESS_TOKEN} are both set."),
            "Unset one of them.",
        )),
    }
}

/// A secret from the environment; nothing if the variable is empty or not set.
///
/// # Errors
/// When it holds what cannot be sent, such as a line break. It is not quoted.
pub fn secret(variable: &str) -> Result<Option<Secret>, Failure> {
    const NEXT: &str = "Copy it again, without blanks, quotes or line breaks.";
    let text = match env::var(variable) {
        Ok(text) if text.is_empty() => return Ok(None),
        Err(VarError::NotPresent) => return Ok(None),
        Ok(text) => text,
        Err(VarError::NotUnicode(_)) => {
            return Err(Failure::usage(format!("{variable} is not text."), NEXT));
        }
    };
    let secret = Secret::new(text);
    if secret.expose().contains("#{") {
        let what =
            format!("{variable} still holds '#{{', a variable that Octopus did not fill in.");
        return Err(Failure::usage(
            what,
            "Check the name of the variable or of the step that it comes from.",
        ));
    }
    if !Credential::can_be_sent(&secret) {
        let what = format!(
            "{variable} holds a blank, a line break or another character that no credential has."
        );
        return Err(Failure::usage(what, NEXT));
    }
    Ok(Some(secret))
}

/// A client with what the environment and the command line say; nothing has been sent yet.
/// `retry_for` applies when none was given.
///
/// # Errors
/// As [`address`], [`credential`] and [`client`].
pub fn open(common: &Common, retry_for: Duration, console: Console) -> Result<Client, Failure> {
    client(common, address(common)?, credential()?, retry_for, console)
}

/// A client for the server; nothing has been sent yet. `retry_for` applies when none was given.
///
/// # Errors
/// When the file of trusted certificates cannot be used.
pub fn client(
    common: &Common,
    address: Address,
    credential: Credential,
    retry_for: Duration,
    console: Console,
) -> Result<Client, Failure> {
    if !address.is_secure() && !address.is_loopback() {
        console.warning(&format!("The connection to '{}' is not encrypted: whoever is on the way can read the key. Use https.", address.host()));
    }
    let proxy = Proxy::from_environment(&address).map_err(|why| {
        Failure::usage(
            format!("The proxy in the environment cannot be used: {why}"),
            "Correct the variable, unset it, or list the server in NO_PROXY.",
        )
    })?;
    let settings = Settings {
        address,
        credential,
        ca_file: common.ca_file.as_deref(),
        proxy,
        timeout: common.timeout,
        retry_for: common.retry_for.unwrap_or(retry_for),
    };
    Client::new(settings, console).map_err(|why| {
        let file = common.ca_file.clone().unwrap_or_default();
        Failure::usage(
            format!("The file '{}', given as --ca-file, {why}", file.display()),
            "Give the certificate of the authority that made the server's certificate, as PEM.",
        )
    })
}
