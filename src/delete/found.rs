//! One record for each key that was found, from the search to the report.

use serde::Serialize;

use crate::key::purpose;
use crate::octopus::KeyRecord;
use crate::stranger::Stranger;

/// A key that was found, and what became of it.
#[derive(Debug)]
pub struct Found {
    pub record: KeyRecord,
    pub fate: Fate,
}

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Fate {
    /// Nothing yet, or nothing at all on a dry run.
    Found,
    /// It was revoked by this step.
    Revoked,
    /// It was gone before.
    AlreadyGone,
    /// It was left alone, since runkey authenticates with it.
    Spared,
    /// It could not be revoked.
    LivesOn,
}

impl Found {
    /// The key as a log should name it.
    pub fn in_words(&self) -> String {
        let purpose = self.record.purpose.as_ref();
        purpose::in_words(purpose.unwrap_or(&Stranger::default()))
    }
}

/// What became of the keys, by their ids, for a program that reads JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Outcome<'a> {
    dry_run: bool,
    would_revoke: Vec<&'a str>,
    revoked: Vec<&'a str>,
    already_gone: Vec<&'a str>,
    spared: Vec<&'a str>,
    failed: Vec<&'a str>,
}

impl<'a> Outcome<'a> {
    /// A view of the keys that were found.
    pub fn of(keys: &'a [Found], dry_run: bool) -> Self {
        Self {
            dry_run,
            would_revoke: ids(keys, Fate::Found),
            revoked: ids(keys, Fate::Revoked),
            already_gone: ids(keys, Fate::AlreadyGone),
            spared: ids(keys, Fate::Spared),
            failed: ids(keys, Fate::LivesOn),
        }
    }
}

fn ids(keys: &[Found], fate: Fate) -> Vec<&str> {
    let of_this_fate = keys.iter().filter(|key| key.fate == fate);
    of_this_fate.map(|key| key.record.id.as_str()).collect()
}

/// How many keys have this fate.
pub fn count(keys: &[Found], fate: Fate) -> usize {
    keys.iter().filter(|key| key.fate == fate).count()
}

/// So many keys, in words.
pub fn so_many(keys: usize) -> String {
    if keys == 1 {
        "1 key".to_owned()
    } else {
        format!("{keys} keys")
    }
}
