//! What the report says, as plain data: the page and the JSON show the same.
//!
//! `docs/report.schema.json` describes it. What strangers wrote is made safe here, once.

use jiff::Timestamp;
use serde::Serialize;

use super::proof::Proof;
use super::{Fate, links};
use crate::octopus::{Event, KeyRecord};
use crate::text::defuse;

/// By this, a JSON report is known for what it is.
pub const FORMAT: &str = "runkey audit report 1";

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
    pub keys: Vec<Key>,
    /// Whether the key was seen to be dead.
    pub proof: Proof,
    /// From when on the audit trail was searched.
    pub since: Timestamp,
    /// Whether the key is known to have been made then; else it is a guess.
    pub since_is_known: bool,
    /// The oldest first.
    pub changes: Vec<Change>,
}

/// Who and which run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Run {
    /// As quoted in the audit trail.
    pub purpose: String,
    /// Both are known when runkey built the purpose.
    pub by: Option<String>,
    pub id: Option<String>,
    pub link: Option<String>,
}

/// The account that the key was on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Owner {
    pub id: String,
    pub username: Option<String>,
}

/// A key of the run: never more of it than its hint.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Key {
    pub id: String,
    pub hint: Option<String>,
    pub created: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    pub last_used: Option<Timestamp>,
    pub fate: Fate,
}

/// One thing that was done with a key of the run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    pub event_id: String,
    pub occurred: Timestamp,
    pub space_id: Option<String>,
    pub category: String,
    pub message: String,
    pub document_ids: Vec<String>,
    pub key_id: Option<String>,
    pub user_agent: Option<String>,
    pub ip_address: Option<String>,
    pub link: Option<String>,
}

impl Facts {
    /// How many changes, by whom, in which run.
    pub fn summary(&self) -> String {
        let changes = match self.changes.len() {
            0 => "no changes".to_owned(),
            1 => "1 change".to_owned(),
            many => format!("{many} changes"),
        };
        match (&self.run.by, &self.run.id) {
            (Some(by), Some(id)) => format!("{by} made {changes} in run {id}."),
            _ => format!("The run '{}' made {changes}.", self.run.purpose),
        }
    }
}

impl Key {
    /// A key whose record was found.
    pub(super) fn of(record: &KeyRecord, fate: Fate) -> Self {
        Self {
            id: record.id.to_string(),
            hint: record.hint.as_deref().map(defuse),
            created: record.created,
            expires: record.expires,
            last_used: record.last_used,
            fate,
        }
    }

    /// A key of which nothing is left but what events tell.
    pub(super) fn gone(id: String) -> Self {
        Self {
            id,
            hint: None,
            created: None,
            expires: None,
            last_used: None,
            fate: Fate::AlreadyGone,
        }
    }
}

impl Change {
    /// What an event tells; `base` is the server's address.
    pub(super) fn of(event: Event, base: &str) -> Self {
        let safe = |text: Option<String>| text.map(|text| defuse(&text));
        let documents = event.related_document_ids.unwrap_or_default();
        Self {
            link: event
                .space_id
                .as_deref()
                .and_then(|space| links::audit(base, space, event.occurred)),
            event_id: defuse(&event.id),
            occurred: event.occurred,
            space_id: safe(event.space_id),
            category: safe(event.category).unwrap_or_default(),
            message: safe(event.message).unwrap_or_default(),
            document_ids: documents.iter().map(|id| defuse(id)).collect(),
            key_id: safe(event.api_key_id),
            user_agent: safe(event.user_agent),
            ip_address: safe(event.ip_address),
        }
    }
}
