//! The audit trail.

use std::ops::ControlFlow;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::paging::Item;
use super::{Client, Id, Result};
use crate::stranger::Stranger;

/// How far the clocks of a server's nodes may lie apart.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// One entry of the audit trail. But for its id and time, any part may be missing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    pub id: String,
    pub occurred: Timestamp,
    /// Such as `Created`, `Modified` or `Deleted`.
    pub category: Option<Stranger>,
    /// What was done, in the server's words.
    pub message: Option<Stranger>,
    /// What it was done to.
    pub related_document_ids: Option<Vec<Stranger>>,
    /// Nothing for what belongs to no space, such as accounts.
    pub space_id: Option<Stranger>,
    /// The user name of the account that did it.
    pub username: Option<Stranger>,
    /// How the server knew the account.
    pub identity_established_with: Option<Stranger>,
    /// What the request said of the program that sent it.
    pub user_agent: Option<Stranger>,
    pub ip_address: Option<Stranger>,
    /// The key it was done with; absent from servers of before mid-2026.
    pub api_key_id: Option<Stranger>,
    /// The first characters of that key.
    pub api_key_hint: Option<Stranger>,
}

impl Item for Event {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Event {
    /// When the key was made that this was done with, if its purpose is exactly `purpose`: the
    /// server writes `API key '<purpose>' created Fri, 22 Jul 2022 17:46:35 GMT`, or other words
    /// before the first quote (OctopusDeploy/Issues#10067).
    ///
    /// Neither those words nor a date hold a quote, so neither can be part of another purpose.
    pub fn key_of_purpose(&self, purpose: &str) -> Option<&str> {
        let text = self.identity_established_with.as_ref()?.as_given();
        let (kind, quoted) = text.split_once('\'')?;
        let date = quoted.strip_prefix(purpose)?.strip_prefix("' created ")?;
        (!kind.is_empty() && !date.contains('\'')).then_some(date)
    }
}

impl Client {
    /// Shows `visit` what an account did since a moment, the newest first, in every space and in
    /// none, until it breaks off. What exactly changed is left out.
    ///
    /// # Errors
    /// As every call: see [`super::Error`]. What was visited before stays visited.
    pub fn events(
        &self,
        account: &Id,
        since: Timestamp,
        mut visit: impl FnMut(Event) -> ControlFlow<()>,
    ) -> Result<()> {
        let since = since.checked_sub(CLOCK_TOLERANCE).unwrap_or(since);
        // Whole seconds: how many digits of a fraction the server reads is not documented.
        let from = Timestamp::from_second(since.as_second())
            .unwrap_or(since)
            .to_string();
        let query = [
            ("users", account.as_str()),
            ("from", from.as_str()),
            ("spaces", "all"),
            ("includeSystem", "true"),
            ("excludeDifference", "true"),
        ];
        self.walk("/api/events", &query, |event: Event| {
            // Should the server ignore `from`, the walk ends here all the same.
            if event.occurred < since {
                return ControlFlow::Break(());
            }
            visit(event)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done_with(identity: &str) -> Event {
        let event = serde_json::json!({
            "Id": "Events-1",
            "Occurred": "2022-07-22T17:46:35.123+00:00",
            "IdentityEstablishedWith": identity,
        });
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn only_the_whole_purpose_counts_quotes_in_it_included() {
        const DATE: &str = "Fri, 22 Jul 2022 17:46:35 GMT";
        for purpose in ["Bob", "O'Brien", "'", "Bob' created", "Bob' created x"] {
            let event = done_with(&format!("API key '{purpose}' created {DATE}"));
            assert_eq!(event.key_of_purpose(purpose), Some(DATE), "{purpose}");
            for other in ["Bo", "Bobb", "bob", "Bob' create", ""] {
                assert_eq!(event.key_of_purpose(other), None, "{purpose}, {other}");
            }
        }
        for kind in ["User API key", "AI Agent API key"] {
            let event = done_with(&format!("{kind} 'Bob' created {DATE}"));
            assert_eq!(event.key_of_purpose("Bob"), Some(DATE), "{kind}");
        }
        let joining = format!("API key 'x 'Bob' created {DATE}");
        assert_eq!(done_with(&joining).key_of_purpose("Bob"), None);
        let smuggled = format!("API key 'Bob' created {DATE}' created {DATE}");
        assert_eq!(done_with(&smuggled).key_of_purpose("Bob"), None);
        assert_eq!(done_with("Session cookie").key_of_purpose("Bob"), None);
    }
}
