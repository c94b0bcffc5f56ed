//! Revokes keys, one after the other, and keeps book of what became of each.

use serde::Serialize;

use crate::advice;
use crate::console::Console;
use crate::failure::Failure;
use crate::octopus::{Client, Deletion, Error, Id, KeyRecord};
use crate::purpose;
use crate::report::Fate;
use crate::search::{self, Target};
use crate::text;

/// What became of the keys that were found, by their ids.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Outcome {
    pub dry_run: bool,
    pub would_revoke: Vec<String>,
    pub revoked: Vec<String>,
    pub already_gone: Vec<String>,
    pub spared: Vec<String>,
    pub failed: Vec<String>,
}

impl Outcome {
    /// What became of each of these keys.
    pub fn fates<'a>(&self, keys: &'a [KeyRecord]) -> Vec<(&'a KeyRecord, Fate)> {
        let is_in = |ids: &[String], key: &KeyRecord| ids.iter().any(|id| id == key.id.as_str());
        let fate = |key: &KeyRecord| match key {
            key if is_in(&self.revoked, key) => Fate::Revoked,
            key if is_in(&self.already_gone, key) => Fate::AlreadyGone,
            _ => Fate::LivesOn,
        };
        keys.iter().map(|key| (key, fate(key))).collect()
    }
}

/// Revokes each key, the one that runkey authenticates with last, and goes on after a failure.
pub fn revoke_all(
    client: &Client,
    owner: &Id,
    keys: &[KeyRecord],
    target: &Target,
    console: Console,
    outcome: &mut Outcome,
) -> Vec<Failure> {
    let mut failures = Vec::new();
    for (number, key) in keys.iter().enumerate() {
        let id = key.id.to_string();
        match revoke(client, owner, key) {
            Ok(Deletion::Deleted) => {
                console.info(&format!("Revoked {id}: {}.", describe(key)));
                outcome.revoked.push(id);
            }
            Ok(Deletion::AlreadyGone) => {
                console.info(&format!("The key {id} was gone already."));
                outcome.already_gone.push(id);
            }
            Err(error) => {
                let failure = lives_on(key, &error);
                console.warning(&failure.to_string());
                failures.push(failure);
                outcome.failed.push(id);
            }
        }
        if matches!(target, Target::Expired) {
            console.progress(
                (number + 1) * 100 / keys.len(),
                &format!("{} of {}", number + 1, count(keys.len())),
            );
        }
    }
    let gone = outcome.revoked.len() + outcome.already_gone.len();
    if gone > 0 {
        console.highlight(&format!("Revoked {} of {target}.", count(gone)));
    }
    failures
}

fn revoke(client: &Client, owner: &Id, key: &KeyRecord) -> Result<Deletion, Error> {
    let is_own = search::is_own(client, key);
    match client.delete_key(owner, &key.id) {
        // An earlier attempt went through although its answer was lost: the key that authenticates
        // this very request is the key that is gone.
        Err(error) if is_own && error.status() == Some(401) => Ok(Deletion::Deleted),
        result => result,
    }
}

fn lives_on(key: &KeyRecord, error: &Error) -> Failure {
    let until = match key.expires {
        Some(expires) => format!("it expires by itself at {expires:.0}"),
        None => "it never expires by itself".to_owned(),
    };
    advice::explain(
        &format!("The key {} could not be revoked, and {until}", key.id),
        error,
    )
    .and_then(&format!(
        " Run the step again, or delete {} in Octopus, in the account's profile.",
        key.id
    ))
}

/// A key as a log should name it.
pub fn describe(key: &KeyRecord) -> String {
    let text = text::excerpt(key.purpose.as_deref().unwrap_or_default());
    purpose::in_words(&text)
}

/// So many keys, in words.
pub fn count(keys: usize) -> String {
    if keys == 1 {
        "1 key".to_owned()
    } else {
        format!("{keys} keys")
    }
}
