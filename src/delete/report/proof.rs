//! Proof of the end: the run's key is presented once more, and must be refused.

use serde::Serialize;

use crate::octopus::{Client, Credential};
use crate::output::Failure;
use crate::secret::PROOF_KEY;
use crate::session::Session;

/// What the server said to the run's key after the revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Proof {
    /// It refused the key (401).
    Refused,
    /// It accepted the key.
    Accepted,
    /// It gave no clear answer.
    Unclear,
    /// It was not asked: the step does not have the key any more.
    NotTried,
}

/// Presents the run's key to the server.
pub fn present_key(client: &Client, session: &Session<'_>) -> Proof {
    let console = session.console;
    let key = match session.secret(PROOF_KEY) {
        Ok(Some(key)) => key,
        Ok(None) => return Proof::NotTried,
        Err(failure) => {
            console.warning(&format!(
                "Whether the key is dead was not tried: {}",
                failure.in_one_line()
            ));
            return Proof::NotTried;
        }
    };
    let client = client.with_credential(Credential::ApiKey(key));
    match client.me() {
        Ok(_) => Proof::Accepted,
        Err(error) if error.is_dead_credential() => {
            console.info(Proof::Refused.sentence());
            Proof::Refused
        }
        Err(error) => {
            console.warning(&format!(
                "Whether the key is dead could not be tried: {error}."
            ));
            Proof::Unclear
        }
    }
}

impl Proof {
    /// A key that lives on after its run is what must never happen.
    pub fn failure(self) -> Option<Failure> {
        (self == Self::Accepted).then(|| {
            Failure::new(
                format!("The server still accepts the key in {PROOF_KEY} after the revocation: a key lives on."),
                format!("Check that {PROOF_KEY} is this run's key, from the create step, and delete that key in Octopus, in the account's profile."),
            )
        })
    }

    /// For the page.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Refused => "The key was presented once more and refused (401).",
            Self::Accepted => "The key was presented once more and ACCEPTED: it lives on.",
            Self::Unclear => {
                "The key was presented once more, but the server gave no clear answer."
            }
            Self::NotTried => "Not tried: the step did not have the key any more.",
        }
    }
}
