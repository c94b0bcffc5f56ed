//! Proof of the end: the record of each revoked key is asked for once more and must be gone; and the
//! key itself, where the step has it, is presented once more and must be refused.

use serde::Serialize;

use crate::delete::Context;
use crate::delete::found::{Fate, Found};
use crate::octopus::{Credential, KeyRecord};
use crate::output::Failure;
use crate::secret::{PROOF_KEY, Secret};
use crate::session::Session;
use crate::stranger::Stranger;

/// So much of a key must be known before what is done with it proves anything.
const PROVING_HINT: usize = 8;

/// What was seen of the keys after the revocation.
#[derive(Debug)]
pub struct Proof {
    /// Of each key that was found, in their order.
    pub records: Vec<Record>,
    pub presented: Presented,
    /// A key that lives on after its run is what must never happen.
    pub failure: Option<Failure>,
}

/// What the server keeps of a key after its revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Record {
    /// Nothing: it no longer knows the key.
    Gone,
    /// It is still there.
    There,
    /// It gave no clear answer.
    Unclear,
    /// It was not asked, since this step did not revoke the key.
    NotAsked,
}

/// What the server said to the run's key after the revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Presented {
    /// It refused the key (401).
    Refused,
    /// It accepted the key.
    Accepted,
    /// It gave no clear answer.
    Unclear,
    /// It was not shown the key, which is none of those that were found.
    NotThisRuns,
    /// It was not shown the key: the step does not have it any more.
    NotTried,
}

/// Looks for what was revoked, and presents the run's key if the step has it. What is still there was
/// not revoked, whatever the server said to it.
pub fn prove(context: &Context<'_>, keys: &mut [Found], session: &Session<'_>) -> Proof {
    let mut failure = None;
    let mut records = Vec::with_capacity(keys.len());
    for key in &mut *keys {
        let record = match key.fate {
            Fate::Revoked => ask(context, &key.record, is_own(context, &key.record)),
            _ => Record::NotAsked,
        };
        if record == Record::There {
            key.fate = Fate::LivesOn;
            failure.get_or_insert_with(|| still_there(&key.record));
        }
        records.push(record);
    }
    let presented = present(context, keys, session);
    if presented == Presented::Accepted {
        failure.get_or_insert_with(still_accepted);
    }
    Proof {
        records,
        presented,
        failure,
    }
}

/// Whether runkey authenticates with this key, as far as its hint proves it.
fn is_own(context: &Context<'_>, key: &KeyRecord) -> bool {
    let hint = key.hint.as_ref().map(Stranger::as_given);
    let credential = context.client.credential();
    hint.is_some_and(|hint| credential.fits_hint(hint, PROVING_HINT))
}

/// Asks once more for the record of a key that was revoked, and tells the log. `is_own` if the very
/// key authenticates: nothing can be asked with one that is gone, which proves as much.
pub fn ask(context: &Context<'_>, key: &KeyRecord, is_own: bool) -> Record {
    let console = context.console;
    let id = &key.id;
    match context.client.key(context.owner, id) {
        Ok(_) => Record::There,
        Err(error) if error.is_unknown() || is_own && error.is_dead_credential() => {
            console.info(&format!(
                "Asked once more: the server no longer knows the key {id}."
            ));
            Record::Gone
        }
        Err(error) => {
            console.warning(&format!(
                "Whether the server still knows the key {id} could not be seen: {error}."
            ));
            Record::Unclear
        }
    }
}

fn present(context: &Context<'_>, keys: &[Found], session: &Session<'_>) -> Presented {
    let console = context.console;
    let key = match session.secret(PROOF_KEY) {
        Ok(Some(key)) => key,
        Ok(None) => return Presented::NotTried,
        Err(failure) => {
            console.warning(&format!(
                "Whether the key is dead was not tried: {}",
                failure.in_one_line()
            ));
            return Presented::NotTried;
        }
    };
    if !keys.iter().any(|found| is_of(&key, found)) {
        console.warning(&format!(
            "The key in {PROOF_KEY} is not this run's key: nothing proven. It was not presented."
        ));
        return Presented::NotThisRuns;
    }
    let client = context.client.with_credential(Credential::ApiKey(key));
    match client.me() {
        Ok(_) => Presented::Accepted,
        Err(error) if error.is_dead_credential() => {
            console.info(Presented::Refused.sentence());
            Presented::Refused
        }
        Err(error) => {
            console.warning(&format!(
                "Whether the key is dead could not be tried: {error}."
            ));
            Presented::Unclear
        }
    }
}

fn is_of(key: &Secret, found: &Found) -> bool {
    let hint = found.record.hint.as_ref();
    hint.is_some_and(|hint| key.fits_hint(hint.as_given(), PROVING_HINT))
}

/// Says that a key lives on though it was revoked.
pub fn still_there(key: &KeyRecord) -> Failure {
    let until = match key.expires {
        Some(expires) => format!("it expires by itself at {expires:.0}"),
        None => "it never expires by itself".to_owned(),
    };
    let id = &key.id;
    Failure::new(
        format!("The key {id} is still there after its revocation, and {until}."),
        format!("Run the step again, or delete {id} in Octopus, in the account's profile."),
    )
}

fn still_accepted() -> Failure {
    Failure::new(
        format!(
            "The server still accepts the key in {PROOF_KEY} after the revocation: a key lives on."
        ),
        format!(
            "Check that {PROOF_KEY} is this run's key, from the create step, and delete that key in Octopus, in the account's profile."
        ),
    )
}

impl Record {
    /// For the page.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Gone => "Asked once more: the server no longer knows the key.",
            Self::There => "Asked once more: the key is STILL THERE.",
            Self::Unclear => "Asked once more, but the server gave no clear answer.",
            Self::NotAsked => "Not asked: this step did not revoke the key.",
        }
    }
}

impl Presented {
    /// For the page.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Refused => "The key was presented once more and refused (401).",
            Self::Accepted => "The key was presented once more and ACCEPTED: it lives on.",
            Self::Unclear => {
                "The key was presented once more, but the server gave no clear answer."
            }
            Self::NotThisRuns => {
                "Nothing proven: the key that the step was given is not this run's."
            }
            Self::NotTried => "Not tried: the step was not given the key.",
        }
    }
}
