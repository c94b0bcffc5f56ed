//! What the report says, as plain data: the page and the JSON show the same.
//!
//! `docs/report.schema.json` describes it. What strangers wrote stays a stranger's until it is shown.

use jiff::Timestamp;
use serde::Serialize;

use super::end::End;
use super::kind::Kind;
use super::links;
use super::proof::{Presented, Record};
use super::sum::{Sum, so_many};
use crate::delete::found::{Fate, Found};
use crate::octopus::Event;
use crate::stranger::Stranger;

/// By this, a JSON report is known for what it is, of whatever version.
pub const NAME: &str = "runkey audit report ";
/// The shape of this version, which `docs/report.schema.json` describes.
pub const FORMAT: &str = "runkey audit report 2";

/// Everything that the report says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Facts {
    pub format: &'static str,
    pub made_by: &'static str,
    /// By the server's clock, as every time here.
    pub made_at: Timestamp,
    pub server: String,
    pub run: Run,
    pub owner: Owner,
    /// Whether the run's keys are dead.
    pub end: End,
    pub keys: Vec<Key>,
    /// What the server said when the key was presented once more.
    pub presented: Presented,
    /// From when on the audit trail was searched.
    pub since: Timestamp,
    /// Whether the key is known to have been made then; else it is a guess.
    pub since_is_known: bool,
    pub sum: Sum,
    /// The oldest first.
    pub changes: Vec<Change>,
}

/// Who and which run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Run {
    /// As quoted in the audit trail.
    pub purpose: Stranger,
    /// Both are known when runkey built the purpose.
    pub by: Option<Stranger>,
    pub id: Option<Stranger>,
    pub link: Option<String>,
}

/// The account that the key was on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Owner {
    pub id: Stranger,
    pub username: Option<Stranger>,
}

/// A key of the run: never more of it than its hint.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Key {
    pub id: Stranger,
    pub hint: Option<Stranger>,
    pub created: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    pub last_used: Option<Timestamp>,
    pub fate: Fate,
    /// What the server kept of it afterwards.
    pub record: Record,
}

/// One thing that was done with a key of the run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    pub event_id: Stranger,
    pub occurred: Timestamp,
    pub space_id: Option<Stranger>,
    pub category: Stranger,
    pub message: Stranger,
    pub document_ids: Vec<Stranger>,
    pub key_id: Option<Stranger>,
    pub user_agent: Option<Stranger>,
    pub ip_address: Option<Stranger>,
    pub link: Option<String>,
}

impl Facts {
    /// How many changes, by whom, in which run, and the sum of them.
    pub fn summary(&self) -> String {
        let sum = self.sum.in_words();
        let changes = match self.changes.len() {
            0 => "no changes".to_owned(),
            count => format!("{}: {sum}", so_many(count, "change")),
        };
        match (&self.run.by, &self.run.id) {
            (Some(by), Some(id)) => format!("In run {id}, {by} made {changes}."),
            _ => format!("The run '{}' made {changes}.", self.run.purpose),
        }
    }
}

impl Key {
    /// A key whose record was found.
    pub(super) fn of(found: &Found, kept: Record) -> Self {
        let record = &found.record;
        Self {
            id: record.id.as_str().into(),
            hint: record.hint.clone(),
            created: record.created,
            expires: record.expires,
            last_used: record.last_used,
            fate: found.fate,
            record: kept,
        }
    }

    /// A key of which nothing is left but what events tell.
    pub(super) fn gone(id: Stranger) -> Self {
        Self {
            id,
            hint: None,
            created: None,
            expires: None,
            last_used: None,
            fate: Fate::AlreadyGone,
            record: Record::NotAsked,
        }
    }
}

impl Change {
    /// What was done.
    pub fn kind(&self) -> Kind {
        Kind::of(&self.category)
    }

    /// What an event tells; `base` is the server's address.
    pub(super) fn of(event: Event, base: &str) -> Self {
        Self {
            link: event
                .space_id
                .as_ref()
                .and_then(|space| links::audit(base, space.as_given(), event.occurred)),
            event_id: event.id.into(),
            occurred: event.occurred,
            space_id: event.space_id,
            category: event.category.unwrap_or_default(),
            message: event.message.unwrap_or_default(),
            document_ids: event.related_document_ids.unwrap_or_default(),
            key_id: event.api_key_id,
            user_agent: event.user_agent,
            ip_address: event.ip_address,
        }
    }
}
