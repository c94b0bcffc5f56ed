//! What became of a run's keys, in words and as JSON.

use octopus::{ErrorKind, KeyRecord};
use serde::Serialize;
use serde_json::{Value, json};

use crate::output::{Failure, key_name};
use crate::run::{Context, Ended, Outcome, Owner, Problem, RevokedKey, Selector, purpose};

/// Logs each revoked or skipped key, and the sum of several. "Revoked" is said only of what was
/// verified.
pub fn log_keys(ended: &Ended, selector: &Selector, context: &Context<'_>) {
    let is_revoked =
        |key: &&RevokedKey| matches!(key.outcome, Outcome::Revoked | Outcome::Unverified);
    let revoked = ended.keys.iter().filter(is_revoked).count();
    let log_revoked = |line: &str| match revoked {
        1 => context.reporter.highlight(line),
        _ => context.reporter.info(line),
    };
    for key in &ended.keys {
        let (id, person) = (&key.record.id, person(&key.record));
        match key.outcome {
            Outcome::Revoked => log_revoked(&format!("Revoked API key {id} of {person}.")),
            Outcome::Unverified => log_revoked(&format!(
                "Revoked API key {id} of {person}; not verified, since no credential is left to list keys with."
            )),
            Outcome::Skipped => context.reporter.warning(&format!(
                "Skipped API key {id} of {person}: runkey authenticates with it."
            )),
            Outcome::MayBeActive => {}
        }
    }
    if ended.unreadable > 0 {
        context.reporter.warning(&format!(
            "The list contains items that cannot be read: {}.",
            ended.unreadable
        ));
    }
    if revoked > 1 {
        let of = match selector {
            Selector::Keys { .. } => String::new(),
            selector => format!(" of {selector}"),
        };
        let revoked = count(revoked);
        context
            .reporter
            .highlight(&format!("Revoked {revoked}{of}."));
    }
}

fn person(key: &KeyRecord) -> String {
    purpose::person(&key.purpose.clone().unwrap_or_default())
}

/// A number of keys in words.
pub fn count(keys: usize) -> String {
    match keys {
        1 => "1 API key".to_owned(),
        many => format!("{many} API keys"),
    }
}

/// Why the step fails, if it does: every key that may be active, with its expiry, comes first.
pub fn failure_of(ended: &Ended, selector: &Selector, owner: &Owner) -> Option<Failure> {
    let skipped = ended
        .keys
        .iter()
        .find(|key| key.outcome == Outcome::Skipped);
    let failure = match (&ended.problem, skipped) {
        (None, None) => return None,
        (None, Some(key)) => {
            return Some(Failure::new(
                format!(
                    "API key {} is still active: runkey authenticates with it.",
                    key_name(&key.record.id, key.record.expires)
                ),
                "Use another credential, or delete the key in Octopus, in the owner's profile.",
            ));
        }
        (Some(problem), _) => of_problem(problem, &ended.keys, selector, owner),
    };
    Some(failure.revoke_with(&selector.command(Some(&owner.id))))
}

fn of_problem(
    problem: &Problem,
    keys: &[RevokedKey],
    selector: &Selector,
    owner: &Owner,
) -> Failure {
    let active: Vec<String> = keys
        .iter()
        .filter(|key| key.outcome == Outcome::MayBeActive)
        .map(|key| key_name(&key.record.id, key.record.expires))
        .collect();
    match problem {
        Problem::NotRevoked { error: Some(error) } if error.kind == ErrorKind::RateLimited => {
            Failure::from_error_with_task(&cannot_revoke(&active), error).help_also(
                "Requests with the run key count towards the same limit: stop what still uses it.",
            )
        }
        Problem::NotRevoked { error: Some(error) } => {
            Failure::from_error_with_task(&cannot_revoke(&active), error)
        }
        Problem::NotRevoked { error: None } => Failure::new(
            format!("{}: still listed by the server.", cannot_revoke(&active)),
            "Check the server's health and its log.",
        ),
        Problem::NotListed { error, known } => {
            let known = known
                .as_ref()
                .map(|known| key_name(&known.id, known.expires));
            let named: Vec<String> = active.into_iter().chain(known).collect();
            let task = if named.is_empty() {
                format!(
                    "Cannot list the API keys of {selector} on account {}, so a key may be active",
                    owner.id
                )
            } else {
                format!("Cannot verify that {} is revoked", in_words(&named))
            };
            Failure::from_error_with_task(&task, error)
        }
        Problem::Unreadable { items } => Failure::new(
            format!(
                "Cannot revoke {} of {selector}: the server's records of them cannot be read.",
                count(*items)
            ),
            format!(
                "Delete them in Octopus, in the profile of account {}.",
                owner.id
            ),
        ),
        Problem::Interrupted => Failure::new(
            format!(
                "Interrupted before it was certain that the lost request has created no key of {selector}."
            ),
            "",
        ),
    }
}

fn cannot_revoke(keys: &[String]) -> String {
    format!("Cannot revoke {}", in_words(keys))
}

fn in_words(keys: &[String]) -> String {
    match keys {
        [key] => format!("API key {key}"),
        keys => format!("API keys {}", keys.join(", ")),
    }
}

/// What became of the keys, for a program.
pub fn result_of(ended: &Ended, owner: &Owner) -> Value {
    let keys: Vec<Value> = ended
        .keys
        .iter()
        .map(|key| of_key(&key.record, key.outcome))
        .collect();
    json!({ "ApiKeyOwnerId": owner.id.as_str(), "Keys": keys, "Unreadable": ended.unreadable })
}

/// What would become of the keys.
pub fn preview_of(keys: &[KeyRecord], owner: &Owner) -> Value {
    let keys: Vec<Value> = keys.iter().map(|key| of_key(key, "WouldRevoke")).collect();
    json!({ "ApiKeyOwnerId": owner.id.as_str(), "DryRun": true, "Keys": keys })
}

/// A key and what became of it.
pub fn of_key(key: &KeyRecord, outcome: impl Serialize) -> Value {
    json!({
        "Id": key.id.as_str(),
        "Purpose": key.purpose,
        "Created": key.created,
        "Expires": key.expires,
        "Outcome": outcome,
    })
}
