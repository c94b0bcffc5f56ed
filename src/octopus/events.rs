//! The audit trail.

use std::ops::ControlFlow;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::error::Result;
use crate::lenient::{id, moment, text, texts};
use crate::paging::Unreadable;
use crate::wire::Request;
use crate::{Client, Id, Untrusted};

/// How far the clocks of a server's nodes may differ.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// An event of the audit trail. What is missing or cannot be read is absent.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// Such as `Events-123`.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<Untrusted>,
    /// When it happened, by the server's clock.
    #[serde(default, deserialize_with = "moment")]
    pub occurred: Option<Timestamp>,
    /// Such as `Created`, `Modified` or `Deleted`.
    #[serde(default, deserialize_with = "text")]
    pub category: Option<Untrusted>,
    /// What was done, in the server's words.
    #[serde(default, deserialize_with = "text")]
    pub message: Option<Untrusted>,
    /// What it was done to.
    #[serde(default, deserialize_with = "texts")]
    pub related_document_ids: Vec<Untrusted>,
    /// Absent for what belongs to no space, such as accounts.
    #[serde(default, deserialize_with = "text")]
    pub space_id: Option<Untrusted>,
    /// The account that did it.
    #[serde(default, deserialize_with = "id")]
    pub user_id: Option<Id>,
    /// The username of that account.
    #[serde(default, deserialize_with = "text")]
    pub username: Option<Untrusted>,
    /// How the account authenticated: see [`Event::key_purpose`].
    #[serde(default, deserialize_with = "text")]
    pub identity_established_with: Option<Untrusted>,
    /// The program that sent the request, in its own words.
    #[serde(default, deserialize_with = "text")]
    pub user_agent: Option<Untrusted>,
    /// Where the request came from.
    #[serde(default, deserialize_with = "text")]
    pub ip_address: Option<Untrusted>,
    /// The key it was done with; absent from servers older than mid-2026.
    #[serde(default, deserialize_with = "text")]
    pub api_key_id: Option<Untrusted>,
    /// The first characters of that key.
    #[serde(default, deserialize_with = "text")]
    pub api_key_hint: Option<Untrusted>,
}

impl Event {
    /// Returns the purpose of the key that this was done with, exactly.
    ///
    /// The server writes `API key '<purpose>' created Fri, 22 Jul 2022 17:46:35 GMT`, or other words
    /// before the first quote (OctopusDeploy/Issues#10067). Neither those words nor a date contain a
    /// quote, so neither can be part of another purpose.
    #[must_use]
    pub fn key_purpose(&self) -> Option<&str> {
        let text = self.identity_established_with.as_ref()?.raw();
        let (kind, quoted) = text.split_once('\'')?;
        let (purpose, date) = quoted.rsplit_once("' created ")?;
        (!kind.is_empty() && !date.contains('\'')).then_some(purpose)
    }
}

impl Client {
    /// Reads what an account did since a moment, the newest first, in every space and in none, until
    /// `visit` breaks off; returns the events that could not be read. What exactly changed is left
    /// out, and pages get smaller when they are too large.
    ///
    /// # Errors
    /// When the trail cannot be read to its end. What was visited before stays visited.
    pub fn events(
        &self,
        account: &Id,
        since: Timestamp,
        visit: &mut dyn FnMut(Event) -> ControlFlow<()>,
    ) -> Result<Vec<Unreadable>> {
        let since = since.checked_sub(CLOCK_TOLERANCE).unwrap_or(since);
        self.walk(&trail(account, since), &mut |event: Event| {
            // Should the server ignore `from`, the walk ends here nevertheless.
            if event.occurred.is_some_and(|occurred| occurred < since) {
                return ControlFlow::Break(());
            }
            visit(event)
        })
    }
}

fn trail(account: &Id, since: Timestamp) -> Request {
    // Whole seconds: how many digits of a fraction the server reads is not documented.
    let from = Timestamp::from_second(since.as_second()).unwrap_or(since);
    Request::get("/api/events")
        .query("users", account.as_str())
        .query("from", &from.to_string())
        .query("spaces", "all")
        .query("includeSystem", "true")
        .query("excludeDifference", "true")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DATE: &str = "Fri, 22 Jul 2022 17:46:35 GMT";

    fn done_with(identity: &str) -> Event {
        serde_json::from_value(json!({ "IdentityEstablishedWith": identity })).unwrap()
    }

    #[test]
    fn purpose_is_read_whole_with_quotes_in_it() {
        for purpose in ["Bob", "O'Brien", "'", "Bob' created", "Bob' created x", ""] {
            for kind in ["API key", "User API key", "AI Agent API key"] {
                let event = done_with(&format!("{kind} '{purpose}' created {DATE}"));
                assert_eq!(event.key_purpose(), Some(purpose), "{kind}, {purpose}");
            }
        }
    }

    #[test]
    fn purpose_inside_another_purpose_does_not_count() {
        for (identity, purpose) in [
            (format!("API key 'x 'Bob' created {DATE}"), Some("x 'Bob")),
            (
                format!("API key 'Bob' created {DATE}' created {DATE}"),
                Some("Bob' created Fri, 22 Jul 2022 17:46:35 GMT"),
            ),
            (format!("'Bob' created {DATE}"), None),
            ("Session cookie".to_owned(), None),
        ] {
            assert_eq!(done_with(&identity).key_purpose(), purpose, "{identity}");
        }
    }
}
