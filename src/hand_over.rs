//! How the run's key gets from `runkey create` to the steps that follow: the service messages, the
//! JSON object, or the key alone.

use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use serde::Serialize;

use crate::cli::OutputFormat;
use crate::console::{self, Console};
use crate::failure::Failure;
use crate::octopus::{Id, MadeKey};
use crate::purpose::Purpose;
use crate::service_message as message;

/// A key that is good to be handed over.
pub struct Key<'a> {
    pub owner: &'a Id,
    pub purpose: &'a Purpose,
    pub made: MadeKey,
    pub expires: Timestamp,
}

/// Gives the key to whoever reads standard output, in one piece.
///
/// # Errors
/// When it could not be written whole.
pub fn hand_over(key: &Key<'_>, console: Console) -> Result<(), Failure> {
    let written = match console.format() {
        OutputFormat::Octopus => {
            let mask = message::mask(key.made.secret.expose());
            // The worker reads the two streams in a race, so both are told (OctopusDeploy/Calamari).
            // A closed standard error is read by nobody.
            let _ = console::write_err(&mask);
            console::write_out(&service_messages(key, &mask))
        }
        OutputFormat::Json => console::write_out(&json_object(key)),
        OutputFormat::Text => {
            let line = Zeroizing::new(format!("{}\n", key.made.secret.expose()));
            console::write_out(&line)
        }
    };
    written.map_err(|error| {
        Failure::new(
            format!("The key could not be handed over: {error}."),
            "Let standard output reach the Octopus worker, a pipe or a file with room.",
        )
    })
}

fn service_messages(key: &Key<'_>, mask: &str) -> Zeroizing<String> {
    let parts = [
        mask,
        &message::set_sensitive_variable("ApiKey", key.made.secret.expose()),
        &message::set_variable("ApiKeyId", key.made.id.as_str()),
        &message::set_variable("ApiKeyPurpose", key.purpose.as_str()),
        &message::set_variable("ApiKeyExpires", &key.expires.to_string()),
        &message::set_variable("ApiKeyOwnerId", key.owner.as_str()),
    ];
    // `concat` allocates once, so no unzeroed copy is left behind.
    Zeroizing::new(parts.concat())
}

/// What `--output json` hands over: the same names as the output variables.
#[derive(Serialize)]
struct HandOver<'a> {
    #[serde(rename = "ApiKey")]
    secret: &'a str,
    #[serde(rename = "ApiKeyId")]
    id: &'a str,
    #[serde(rename = "ApiKeyPurpose")]
    purpose: &'a str,
    #[serde(rename = "ApiKeyExpires")]
    expires: String,
    #[serde(rename = "ApiKeyOwnerId")]
    owner_id: &'a str,
}

fn json_object(key: &Key<'_>) -> Zeroizing<String> {
    console::json_line(&HandOver {
        secret: key.made.secret.expose(),
        id: key.made.id.as_str(),
        purpose: key.purpose.as_str(),
        expires: key.expires.to_string(),
        owner_id: key.owner.as_str(),
    })
}
