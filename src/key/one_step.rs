//! The purpose of a run in one step, whose key must be no other step's: `Octopus.Task.Id` is the same
//! in every step and on every target.

use std::hash::{BuildHasher, RandomState};

use super::purpose::RunId;
use super::{Purpose, half, unusable};
use crate::cli::WhichKey;
use crate::octopus::User;
use crate::output::Failure;
use crate::secret::Secret;
use crate::stranger::Stranger;

/// So many characters make a run's id its own; `delete --ended` knows them by their number.
const OWN: usize = 8;
/// What this machine is called if the system gives no name that can stand in a purpose.
const NAMELESS: &str = "this-machine";

/// The id of this run: the one given, or the host's name, and eight random characters. `secrets` are
/// those that runkey was given.
///
/// # Errors
/// When a purpose is given word for word, which leaves no room for them, or the id cannot be one.
pub fn run_id(key: &WhichKey, host: &str, secrets: &[Secret]) -> Result<RunId, Failure> {
    if key.purpose.is_some() {
        return Err(Failure::usage(
            "A purpose is given word for word (--purpose, RUNKEY_PURPOSE), but with a COMMAND each run has one of its own.",
            "Give --run-by and --run-id (RUNKEY_RUN_BY and RUNKEY_RUN_ID) instead, or neither.",
        ));
    }
    let of = |id: &str| RunId::new(&format!("{}-{}", id.trim(), random()), secrets);
    match &key.run_id {
        // By itself it must be one too: what is added would hide that it is empty.
        Some(id) => RunId::new(id.as_given(), secrets)
            .and_then(|_| of(id.as_given()))
            .map_err(|why| unusable("The run's id (--run-id, RUNKEY_RUN_ID)", why)),
        None => of(first_label(host))
            .or_else(|_| of(NAMELESS))
            .map_err(|why| unusable("This machine's name", why)),
    }
}

/// The purpose of a run that this person started.
///
/// # Errors
/// When that cannot be a person's name.
pub fn purpose(by: &Stranger, id: &RunId, secrets: &[Secret]) -> Result<Purpose, Failure> {
    Purpose::of_run(by.as_given(), id, secrets)
        .map_err(|why| unusable("Who started the run (--run-by, RUNKEY_RUN_BY)", why))
}

/// The person behind the credential, where nobody else is named.
///
/// # Errors
/// When it is a service account, which would tell an auditor nothing, or may be one.
pub fn person(me: &User) -> Result<Stranger, Failure> {
    let username = me.username.as_given();
    if me.is_service != Some(false) {
        let what = format!(
            "nobody is named, and the account behind the credential, '{}', is not a person's",
            me.username
        );
        return Err(half(&what, "--run-by (RUNKEY_RUN_BY)"));
    }
    let name = me.display_name.as_ref().map(Stranger::as_given);
    Ok(match name.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} ({username})").into(),
        None => username.into(),
    })
}

fn first_label(host: &str) -> &str {
    let label = host.trim().split('.').next().unwrap_or_default();
    if label.is_empty() { NAMELESS } else { label }
}

/// From the system's own random numbers, by way of what keeps Rust's hash tables apart.
fn random() -> String {
    let number = RandomState::new().hash_one(0_u8);
    format!("{number:016x}")[..OWN].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(is_service: Option<bool>, display_name: &str) -> User {
        let user = serde_json::json!({
            "Id": "Users-2", "Username": "alice", "DisplayName": display_name, "IsService": is_service,
        });
        serde_json::from_value(user).unwrap()
    }

    #[test]
    fn a_person_is_named_as_octopus_does_and_a_service_account_is_nobody() {
        let person = |is_service, name| super::person(&user(is_service, name));
        assert_eq!(
            person(Some(false), "Alice King").unwrap().as_given(),
            "Alice King (alice)"
        );
        assert_eq!(person(Some(false), " ").unwrap().as_given(), "alice");
        assert!(person(Some(true), "Alice King").is_err());
        assert!(person(None, "Alice King").is_err());
    }

    #[test]
    fn only_the_first_part_of_a_hosts_name_is_taken() {
        assert_eq!(first_label("laptop.example.com"), "laptop");
        assert_eq!(first_label(""), NAMELESS);
        assert_eq!(first_label(".local"), NAMELESS);
    }

    #[test]
    fn random_characters_differ_from_run_to_run() {
        let (one, other) = (random(), random());
        assert_eq!((one.len(), other.len()), (OWN, OWN));
        assert_ne!(one, other);
    }
}
