//! Which key is meant: its purpose, and the account that owns it.

pub mod one_step;
pub mod owner;
pub mod purpose;

pub use purpose::Purpose;

use crate::cli::WhichKey;
use crate::output::Failure;
use crate::secret::Secret;
use purpose::{RunId, Unusable};

/// The run's purpose, word for word or built from who and which run. `secrets` are those that runkey
/// was given.
///
/// # Errors
/// When there is none, or what is there cannot be one; nothing has been sent.
pub fn purpose(key: &WhichKey, secrets: &[Secret]) -> Result<Purpose, Failure> {
    optional_purpose(key, secrets)?.ok_or_else(|| {
        Failure::usage(
            "It is not said which key is meant.",
            "Give --run-by and --run-id (RUNKEY_RUN_BY and RUNKEY_RUN_ID), or --purpose (RUNKEY_PURPOSE).",
        )
    })
}

/// As [`purpose()`], where nothing at all may be said.
///
/// # Errors
/// When half of it is missing, or what is there cannot be a purpose.
pub fn optional_purpose(key: &WhichKey, secrets: &[Secret]) -> Result<Option<Purpose>, Failure> {
    let run_id = match &key.run_id {
        Some(id) => Some(
            RunId::new(id.as_given(), secrets)
                .map_err(|why| unusable("The run's id (--run-id, RUNKEY_RUN_ID)", why))?,
        ),
        None => None,
    };
    match (&key.purpose, &key.run_by, run_id) {
        (Some(text), _, _) => {
            let purpose = Purpose::verbatim(text.as_given(), secrets);
            purpose
                .map(Some)
                .map_err(|why| unusable("The purpose (--purpose, RUNKEY_PURPOSE)", why))
        }
        (None, Some(by), Some(id)) => {
            let purpose = Purpose::of_run(by.as_given(), &id, secrets);
            purpose
                .map(Some)
                .map_err(|why| unusable("Who started the run (--run-by, RUNKEY_RUN_BY)", why))
        }
        (None, None, None) => Ok(None),
        (None, Some(_), None) => Err(half(
            "who started the run is given, but not which run it is",
            "--run-id (RUNKEY_RUN_ID)",
        )),
        (None, None, Some(_)) => Err(half(
            "the run's id is given, but not who started it",
            "--run-by (RUNKEY_RUN_BY)",
        )),
    }
}

fn half(what: &str, missing: &str) -> Failure {
    Failure::usage(
        format!("It is not said which key is meant: {what}."),
        format!("Give {missing} as well."),
    )
}

fn unusable(what: &str, why: Unusable) -> Failure {
    let next = match why {
        Unusable::Unsubstituted => {
            "Check the variable's name: Octopus leaves what it does not know as it stands."
        }
        Unusable::Empty => {
            "Check the variable that it comes from: is it there in this kind of run?"
        }
        Unusable::ControlCharacter | Unusable::Bracket => {
            "Leave that out: the purpose is one line in the audit trail."
        }
        Unusable::Secret => {
            "Find out who chose that text: Octopus evaluates names, so one such as #{Project.ApiKey} carries that variable's value. Revoke what was exposed."
        }
    };
    Failure::usage(format!("{what} {why}."), next)
}
