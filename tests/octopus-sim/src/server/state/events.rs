//! The audit trail.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::server::clock::iso;

/// One entry of the audit trail, with the names of the REST API.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// Such as `Events-12`; given by the server when empty.
    pub id: String,
    /// `Created`, `Modified` or `Deleted`.
    pub category: String,
    /// The account that did it.
    pub user_id: String,
    /// That account's user name.
    pub username: String,
    /// Whether that is a service account.
    pub is_service: bool,
    /// How the server knew the account; names the key's purpose.
    pub identity_established_with: String,
    /// The `User-Agent` header as sent.
    pub user_agent: String,
    /// When; the server's present time when left at the default.
    #[serde(serialize_with = "as_iso")]
    pub occurred: Timestamp,
    /// What was done, in words.
    pub message: String,
    /// What it was done to.
    pub related_document_ids: Vec<String>,
    /// The space; `None` for the system's own events.
    pub space_id: Option<String>,
    /// Where the request came from.
    pub ip_address: String,
    /// The key it was done with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key_id: Option<String>,
    /// The first 8 characters of that key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key_hint: Option<String>,
}

fn as_iso<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&iso(*moment))
}

/// All events, oldest first.
#[derive(Default)]
pub(crate) struct Events(Vec<Event>);

impl Events {
    /// Keeps an event; `now` stands in for a time at its default.
    pub(crate) fn add(&mut self, mut event: Event, now: Timestamp) {
        if event.id.is_empty() {
            event.id = format!("Events-{}", self.0.len() + 1);
        }
        if event.occurred == Timestamp::default() {
            event.occurred = now;
        }
        let place = self
            .0
            .partition_point(|known| known.occurred <= event.occurred);
        self.0.insert(place, event);
    }

    pub(crate) fn oldest_first(&self) -> &[Event] {
        &self.0
    }

    /// Those from this moment on until right before that; oldest first.
    pub(crate) fn within(&self, from: Timestamp, to: Timestamp) -> &[Event] {
        let first = self.0.partition_point(|event| event.occurred < from);
        let end = self.0.partition_point(|event| event.occurred < to);
        self.0.get(first..end).unwrap_or_default()
    }
}
