//! How the run's key gets from `runkey create` to the steps that follow: the service messages, the
//! JSON object, or the key alone.

use std::io;

use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::cli::OutputFormat;
use crate::key::Purpose;
use crate::octopus::{Id, MadeKey};
use crate::output::console::{self, Console};
use crate::output::{Failure, service_message as message};

/// A key that is good to be handed over.
pub struct Key<'a> {
    pub owner: &'a Id,
    pub purpose: &'a Purpose,
    pub made: MadeKey,
    pub expires: Timestamp,
}

/// An output variable of the create step.
struct Output<'a> {
    name: &'static str,
    value: &'a str,
    is_sensitive: bool,
}

/// What is handed over, in this order: the output variables, and the names in the JSON object. What
/// each is for is told in `docs/reference.md` and in the step template, which a test holds to this list.
fn outputs<'a>(key: &'a Key<'_>, expires: &'a str) -> [Output<'a>; 5] {
    let open = |name, value| Output {
        name,
        value,
        is_sensitive: false,
    };
    [
        Output {
            name: "ApiKey",
            value: key.made.secret.expose(),
            is_sensitive: true,
        },
        open("ApiKeyId", key.made.id.as_str()),
        open("ApiKeyPurpose", key.purpose.as_str()),
        open("ApiKeyExpires", expires),
        open("ApiKeyOwnerId", key.owner.as_str()),
    ]
}

/// The outputs as one JSON object.
struct Object<'a>(&'a [Output<'a>]);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for output in self.0 {
            map.serialize_entry(output.name, output.value)?;
        }
        map.end()
    }
}

/// Has the worker mask the key in the log from here on, if a worker reads it.
///
/// # Errors
/// When it could not be told so.
pub fn mask(key: &Key<'_>, console: Console) -> Result<(), Failure> {
    if console.format() != OutputFormat::Octopus {
        return Ok(());
    }
    mask_on_standard_error(key)
        .and_then(|mask| console::write_out(&mask))
        .map_err(|error| not_written("The log could not be told to mask the key", &error))
}

/// The worker reads the two streams in a race, so both are told to mask the key
/// (OctopusDeploy/Calamari); gives what standard output is to be told. A closed standard error is
/// read by nobody; one that is full may be.
fn mask_on_standard_error(key: &Key<'_>) -> io::Result<Zeroizing<String>> {
    let mask = message::mask(key.made.secret.expose());
    match console::write_err(&mask) {
        Err(error) if is_unread(&error) => Err(error),
        _ => Ok(mask),
    }
}

/// Whether somebody may read the stream all the same, but did not for too long, or until a signal came.
fn is_unread(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

/// Gives the key to whoever reads standard output, in one piece.
///
/// # Errors
/// When it could not be written whole.
pub fn hand_over(key: &Key<'_>, console: Console) -> Result<(), Failure> {
    let expires = key.expires.to_string();
    let outputs = outputs(key, &expires);
    let written = match console.format() {
        OutputFormat::Octopus => mask_on_standard_error(key)
            .and_then(|mask| console::write_out(&service_messages(&mask, &outputs))),
        OutputFormat::Json => console::write_out(&console::json_line(&Object(&outputs))),
        OutputFormat::Text => {
            let line = Zeroizing::new(format!("{}\n", key.made.secret.expose()));
            console::write_out(&line)
        }
    };
    written.map_err(|error| not_written("The key could not be handed over", &error))
}

fn not_written(what: &str, error: &io::Error) -> Failure {
    Failure::new(
        format!("{what}: {error}."),
        "Let both standard streams reach the Octopus worker, a pipe that is read or a file with room.",
    )
}

fn service_messages(mask: &str, outputs: &[Output<'_>]) -> Zeroizing<String> {
    let variable = |output: &Output<'_>| {
        if output.is_sensitive {
            message::set_sensitive_variable(output.name, output.value)
        } else {
            message::set_variable(output.name, output.value)
        }
    };
    let variables: Vec<_> = outputs.iter().map(variable).collect();
    let mut parts = vec![mask];
    parts.extend(variables.iter().map(|message| message.as_str()));
    // `concat` allocates once, so no unzeroed copy is left behind.
    Zeroizing::new(parts.concat())
}
