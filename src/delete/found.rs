//! One record for each key that was found, from the search to the report.

use jiff::Timestamp;
use serde::Serialize;

use super::sweep::judge::Over;
use crate::key::purpose;
use crate::octopus::{Ending, Id, KeyRecord};
use crate::stranger::Stranger;

/// A key that was found, and what became of it.
#[derive(Debug)]
pub struct Found {
    pub record: KeyRecord,
    pub fate: Fate,
    /// Why a sweep takes it.
    over: Option<Over>,
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
    /// A key of the purpose that was asked for.
    pub fn of_purpose(record: KeyRecord, fate: Fate) -> Self {
        Self {
            record,
            fate,
            over: None,
        }
    }

    /// A key that a sweep takes, and why.
    pub fn in_sweep(record: KeyRecord, over: Over) -> Self {
        Self {
            record,
            fate: Fate::Found,
            over: Some(over),
        }
    }

    /// The key as a log should name it, and why a sweep takes it.
    pub fn in_words(&self) -> String {
        let purpose = self.record.purpose.clone().unwrap_or_default();
        let why = self.over.map(|over| over.to_string()).unwrap_or_default();
        format!("{}{why}", purpose::in_words(&purpose))
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
    #[serde(skip_serializing_if = "Option::is_none")]
    sweep: Option<Swept<'a>>,
}

/// What a sweep took.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Swept<'a> {
    owner: &'a str,
    keys: Vec<SweptKey<'a>>,
}

/// A key that a sweep took.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SweptKey<'a> {
    id: &'a str,
    person: Option<Stranger>,
    run: Option<Stranger>,
    /// How the run's task ended; nothing for a key that expired.
    task_state: Option<Ending>,
    made: Option<Timestamp>,
    last_used: Option<Timestamp>,
    expires: Option<Timestamp>,
    fate: Fate,
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
            sweep: None,
        }
    }

    /// This view, with what a sweep took of this account's keys.
    pub fn swept(self, owner: &'a Id, keys: &'a [Found]) -> Self {
        let sweep = Swept {
            owner: owner.as_str(),
            keys: keys.iter().map(SweptKey::of).collect(),
        };
        Self {
            sweep: Some(sweep),
            ..self
        }
    }
}

impl<'a> SweptKey<'a> {
    fn of(found: &'a Found) -> Self {
        let record = &found.record;
        let purpose = record.purpose.as_ref().map(Stranger::as_given);
        let run = purpose.and_then(purpose::parse);
        Self {
            id: record.id.as_str(),
            person: run.map(|run| run.by.into()),
            run: run.map(|run| run.id.into()),
            task_state: match found.over {
                Some(Over::Ended(ending)) => Some(ending),
                Some(Over::Expired(_)) | None => None,
            },
            made: record.created,
            last_used: record.last_used,
            expires: record.expires,
            fate: found.fate,
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
