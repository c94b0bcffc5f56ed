//! Reads the audit trail, and keeps what was done with the run's keys.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use octopus::{Client, Error, Event, Id, KeyRecord, Untrusted};

use super::changes::Change;
use super::{MAX_TRAIL_TIME, Request};
use crate::run::{RevokedKey, Selector};

/// How far back the trail is read when no record tells when a key was created.
const ASSUMED_AGE: SignedDuration = SignedDuration::from_hours(24);
/// How many changes are kept, and how many bytes of their texts: a page must open in a browser, and
/// an artifact must be stored.
const MAX_CHANGES: usize = 5000;
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// What the audit trail says, as far as it was read.
#[derive(Debug)]
pub struct Trail {
    pub since: Timestamp,
    /// Whether a key was created then; else it is assumed.
    pub is_since_known: bool,
    /// The oldest first.
    pub changes: Vec<Change>,
    /// The purpose and the username that events show.
    pub purpose: Option<Untrusted>,
    pub username: Option<Untrusted>,
    pub unreadable: usize,
    /// Why older changes are missing.
    pub cut_off: Option<Reason>,
}

/// Why the trail was not read to its end.
#[derive(Debug)]
pub enum Reason {
    /// The report is full.
    Limit,
    /// Its time has run out.
    Time(Duration),
    Error(Error),
}

/// Reads what the owner did since the first key was created. What was read before an error stays.
pub fn read(client: &Client, request: &Request<'_>) -> Trail {
    let keys = &request.ended.keys;
    let created = keys.iter().filter_map(|key| key.record.created).min();
    let now = client.now();
    let mut trail = Trail {
        since: created.unwrap_or_else(|| now.checked_sub(ASSUMED_AGE).unwrap_or(now)),
        is_since_known: created.is_some(),
        changes: Vec::new(),
        purpose: None,
        username: None,
        unreadable: 0,
        cut_off: None,
    };
    let filter = Filter {
        owner: request.owner,
        selector: request.selector,
        keys,
    };
    let (mut seen, mut bytes, start) = (HashSet::new(), 0, Instant::now());
    let read = client.events(request.owner, trail.since, &mut |event| {
        if start.elapsed() > MAX_TRAIL_TIME {
            trail.cut_off = Some(Reason::Time(MAX_TRAIL_TIME));
            return ControlFlow::Break(());
        }
        let mut is_new = || {
            event
                .id
                .as_ref()
                .is_none_or(|id| seen.insert(id.raw().to_owned()))
        };
        if !filter.is_of_run(&event) || !is_new() {
            return ControlFlow::Continue(());
        }
        if trail.changes.len() == MAX_CHANGES || bytes > MAX_BYTES {
            trail.cut_off = Some(Reason::Limit);
            return ControlFlow::Break(());
        }
        trail.purpose = trail
            .purpose
            .take()
            .or_else(|| event.key_purpose().map(Into::into));
        trail.username = trail.username.take().or_else(|| event.username.clone());
        let change = Change::from(event);
        bytes += change.size();
        trail.changes.push(change);
        ControlFlow::Continue(())
    });
    match read {
        Ok(unreadable) => trail.unreadable = unreadable.len(),
        Err(error) => trail.cut_off = Some(Reason::Error(error)),
    }
    // The newest came first, of those of one moment too.
    trail.changes.reverse();
    trail.changes.sort_by_key(|change| change.occurred);
    trail
}

/// Tells events of the run from others of the same account.
struct Filter<'a> {
    owner: &'a Id,
    selector: &'a Selector,
    keys: &'a [RevokedKey],
}

impl Filter<'_> {
    /// Whether this was done with a key of the run: by the key's ID where the server gives it, else
    /// by the purpose that it quotes.
    fn is_of_run(&self, event: &Event) -> bool {
        if event.user_id.as_ref().is_some_and(|id| id != self.owner) {
            return false;
        }
        if let Some(id) = event.api_key_id.as_ref().filter(|_| !self.keys.is_empty()) {
            return self
                .keys
                .iter()
                .any(|key| key.record.id.as_str() == id.raw());
        }
        event
            .key_purpose()
            .is_some_and(|purpose| self.is_purpose(purpose))
    }

    fn is_purpose(&self, purpose: &str) -> bool {
        if !self.keys.is_empty() {
            let mut purposes = self
                .keys
                .iter()
                .filter_map(|key| key.record.purpose.as_ref());
            return purposes.any(|known| known.raw() == purpose);
        }
        let record = KeyRecord {
            purpose: Some(purpose.into()),
            ..KeyRecord::of(self.owner.clone())
        };
        self.selector.matches(&record)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::run::{Outcome, RunId};

    fn is_of_run(keys: &[RevokedKey], event: Value) -> bool {
        let owner = Id::new("Users-21").unwrap();
        let selector = Selector::Run(RunId::new("R").unwrap());
        let event = serde_json::from_value(event).unwrap();
        Filter {
            owner: &owner,
            selector: &selector,
            keys,
        }
        .is_of_run(&event)
    }

    fn key() -> RevokedKey {
        let record = KeyRecord {
            purpose: Some("Alice (alice) [runkey R]".into()),
            ..KeyRecord::of(Id::new("apikeys-1").unwrap())
        };
        RevokedKey {
            record,
            outcome: Outcome::Revoked,
        }
    }

    fn identity(purpose: &str) -> String {
        format!("API key '{purpose}' created Fri, 22 Jul 2022 17:46:35 GMT")
    }

    #[test]
    fn keeps_events_of_the_run_only() {
        let (ours, other) = (
            identity("Alice (alice) [runkey R]"),
            identity("Bob (bob) [runkey R]"),
        );
        for (event, is_kept) in [
            (json!({ "IdentityEstablishedWith": ours }), true),
            (
                json!({ "IdentityEstablishedWith": ours, "UserId": "Users-21" }),
                true,
            ),
            (
                json!({ "IdentityEstablishedWith": ours, "UserId": "Users-22" }),
                false,
            ),
            (
                json!({ "IdentityEstablishedWith": ours, "ApiKeyId": "apikeys-2" }),
                false,
            ),
            (
                json!({ "IdentityEstablishedWith": other, "ApiKeyId": "apikeys-1" }),
                true,
            ),
            (json!({ "IdentityEstablishedWith": other }), false),
            (json!({}), false),
        ] {
            assert_eq!(is_of_run(&[key()], event.clone()), is_kept, "{event}");
        }
    }

    #[test]
    fn purpose_decides_when_no_key_is_left() {
        for (purpose, is_kept) in [("Bob [runkey R]", true), ("Bob [runkey R2]", false)] {
            let event = json!({ "IdentityEstablishedWith": identity(purpose), "ApiKeyId": "x" });
            assert_eq!(is_of_run(&[], event), is_kept, "{purpose}");
        }
    }
}
