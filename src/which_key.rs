//! Finds out which key is meant: its purpose, and the account that owns it.

use crate::advice;
use crate::cli::WhichKey;
use crate::failure::Failure;
use crate::octopus::{Client, Id};
use crate::purpose::{Purpose, RunId, Unusable};

/// The run's purpose, word for word or built from who and which run.
///
/// # Errors
/// When there is none, or what is there cannot be one; nothing has been sent.
pub fn purpose(key: &WhichKey) -> Result<Purpose, Failure> {
    optional_purpose(key)?.ok_or_else(|| {
        Failure::usage(
            "It is not said which key is meant.",
            "Give --run-by and --run-id (RUNKEY_RUN_BY and RUNKEY_RUN_ID), or --purpose (RUNKEY_PURPOSE).",
        )
    })
}

/// As [`purpose`], where nothing at all may be said.
///
/// # Errors
/// When half of it is missing, or what is there cannot be a purpose.
pub fn optional_purpose(key: &WhichKey) -> Result<Option<Purpose>, Failure> {
    let run_id = match &key.run_id {
        Some(id) => Some(
            RunId::new(id)
                .map_err(|why| unusable("The run's id (--run-id, RUNKEY_RUN_ID)", why))?,
        ),
        None => None,
    };
    match (&key.purpose, &key.run_by, run_id) {
        (Some(text), _, _) => {
            let purpose = Purpose::verbatim(text);
            purpose
                .map(Some)
                .map_err(|why| unusable("The purpose (--purpose, RUNKEY_PURPOSE)", why))
        }
        (None, Some(by), Some(id)) => {
            let purpose = Purpose::of_run(by, &id);
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
    };
    Failure::usage(format!("{what} {why}."), next)
}

/// The id of the account that owns the key: the one given, found by its user name where need be, or
/// else the account behind the credential.
///
/// # Errors
/// When there is no such account, or the server cannot be asked.
pub fn owner(client: &Client, owner: Option<&str>) -> Result<Id, Failure> {
    let Some(owner) = owner else {
        let me = client.me();
        return me
            .map(|user| user.id)
            .map_err(|error| advice::explain("Cannot find out whose credential this is", &error));
    };
    if let Some(id) = Id::of_user(owner) {
        return Ok(id);
    }
    let found = client.user_named(owner);
    let found = found.map_err(|error| {
        advice::explain(&format!("Cannot look up the account '{owner}'"), &error)
    })?;
    found.map(|user| user.id).ok_or_else(|| {
        Failure::new(
            format!("There is no account with the user name '{owner}'."),
            "Check --owner (RUNKEY_OWNER): it takes a user name, not a display name, or an id such as Users-21.",
        )
    })
}

/// Checks `--owner` before anything is sent.
///
/// # Errors
/// When it cannot be an id or a user name.
pub fn check_owner(owner: Option<&str>) -> Result<(), Failure> {
    match owner.map(Purpose::verbatim) {
        Some(Err(why)) => Err(unusable(
            "The account that owns the key (--owner, RUNKEY_OWNER)",
            why,
        )),
        _ => Ok(()),
    }
}
