//! The servers that a client may meet, one difference at a time.

use std::time::Duration;

use crate::server::{Hints, KeyWords, RateLimit, Settings, Wording};

impl Settings {
    /// A current server, the oldest, and between them one for each thing that a server may lack,
    /// forbid or do otherwise; each with a few words that name it.
    #[must_use]
    pub fn ages() -> Vec<(&'static str, Self)> {
        let with = |change: fn(&mut Self)| {
            let mut settings = Self::default();
            change(&mut settings);
            settings
        };
        vec![
            ("current", Self::default()),
            ("no expiry", with(|server| server.knows_expiry = false)),
            (
                "no partialPurpose",
                with(|server| server.filters_by_purpose = false),
            ),
            (
                "no AccessLevel",
                with(|server| server.knows_access_level = false),
            ),
            (
                "read-only not honoured",
                with(|server| server.honours_access_level = false),
            ),
            (
                "no ActorType",
                with(|server| server.knows_actor_type = false),
            ),
            (
                "no ApiKeyId in events",
                with(|server| server.names_keys_in_events = false),
            ),
            (
                "no ApiKeyHint in events",
                with(|server| server.shows_hints_in_events = false),
            ),
            (
                "events worded as before June 2026",
                with(|server| server.key_words = KeyWords::Old),
            ),
            (
                "identities worded as new keys",
                with(|server| server.key_words_of_identity = KeyWords::New),
            ),
            (
                "no EventView",
                with(|server| server.service_account_views_events = false),
            ),
            (
                "no TaskView",
                with(|server| server.service_account_views_tasks = false),
            ),
            (
                "keys for others refused",
                with(|server| server.service_account_edits_users = false),
            ),
            (
                "a key may not read its record",
                with(|server| server.shows_a_key_its_record = false),
            ),
            (
                "version kept secret",
                with(|server| server.tells_version = false),
            ),
            (
                "hints with bullets",
                with(|server| server.hints = Hints::BULLETS),
            ),
            (
                "other words",
                with(|server| server.wording = Wording::Other),
            ),
            ("rate limited", with(Self::limit_rate)),
            ("old", Self::old_server()),
        ]
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
