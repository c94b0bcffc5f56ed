//! The servers that a client may meet, one difference at a time.

use std::time::Duration;

use crate::server::{Hints, KeyWords, RateLimit, Settings, Wording};

/// A few words, and what they change in a current server.
type Difference = (&'static str, fn(&mut Settings));

/// What a server may lack, forbid or do otherwise than a current one.
const DIFFERENCES: [Difference; 17] = [
    ("no expiry", |server| server.knows_expiry = false),
    ("no partialPurpose", |server| {
        server.filters_by_purpose = false;
    }),
    ("no AccessLevel", |server| server.knows_access_level = false),
    ("read-only not honoured", |server| {
        server.honours_access_level = false;
    }),
    ("no ActorType", |server| server.knows_actor_type = false),
    ("no ApiKeyId in events", |server| {
        server.names_keys_in_events = false;
    }),
    ("no ApiKeyHint in events", |server| {
        server.shows_hints_in_events = false;
    }),
    ("events worded as before June 2026", |server| {
        server.key_words = KeyWords::Old;
    }),
    ("identities worded as new keys", |server| {
        server.key_words_of_identity = KeyWords::New;
    }),
    ("no EventView", |server| {
        server.service_account_views_events = false;
    }),
    ("no TaskView", |server| {
        server.service_account_views_tasks = false;
    }),
    ("keys for others refused", |server| {
        server.service_account_edits_users = false;
    }),
    ("a key may not read its record", |server| {
        server.shows_a_key_its_record = false;
    }),
    ("version kept secret", |server| server.tells_version = false),
    ("hints with bullets", |server| server.hints = Hints::BULLETS),
    ("other words", |server| server.wording = Wording::Other),
    ("rate limited", Settings::limit_rate),
];

impl Settings {
    /// A current server, the oldest, and between them one for each difference; each with a few
    /// words that name it.
    #[must_use]
    pub fn ages() -> Vec<(&'static str, Self)> {
        let differing = DIFFERENCES.iter().map(|(name, change)| {
            let mut settings = Self::default();
            change(&mut settings);
            (*name, settings)
        });
        let current = [("current", Self::default())].into_iter();
        let oldest = [("before 2020.6", Self::old_server())];
        current.chain(differing).chain(oldest).collect()
    }

    /// A tight limit, for people and agents, that a patient client gets along with.
    fn limit_rate(&mut self) {
        let limit = RateLimit {
            requests: 10,
            per: Duration::from_secs(1),
            burst: 2,
            retry_after: true,
        };
        self.rate_limit = Some(limit);
        self.rate_limit_of_agents = Some(limit);
    }
}
