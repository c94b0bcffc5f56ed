//! Whether the run's keys are dead: what whoever opens a report wants to know first.

use jiff::Timestamp;
use serde::Serialize;

use super::facts::Key;
use super::proof::{Presented, Record};
use crate::delete::found::Fate;

/// What became of the run's keys, all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum End {
    /// They were revoked, and the server no longer knows them.
    Revoked,
    /// There was none any more.
    GoneBefore,
    /// One was not revoked, or is still there.
    LivesOn,
    /// They were revoked, or so the server said; it was not seen.
    NotSeen,
}

impl End {
    /// What these keys have come to; `all_seen` unless the search for them was broken off.
    pub fn of(keys: &[Key], presented: Presented, all_seen: bool) -> Self {
        let is_gone = |key: &Key| key.fate == Fate::AlreadyGone || key.record == Record::Gone;
        let refused = keys.len() == 1 && presented == Presented::Refused;
        if presented == Presented::Accepted || keys.iter().any(lives) {
            Self::LivesOn
        } else if !all_seen || !refused && !keys.iter().all(is_gone) {
            Self::NotSeen
        } else if keys.iter().all(|key| key.fate == Fate::AlreadyGone) {
            Self::GoneBefore
        } else {
            Self::Revoked
        }
    }
}

/// Whether a key was not revoked.
pub fn lives(key: &Key) -> bool {
    matches!(key.fate, Fate::Found | Fate::Spared | Fate::LivesOn)
}

/// Until when the longest of them lives; nothing if one has no expiry.
pub fn lives_until(keys: &[Key]) -> Option<Timestamp> {
    let expiries = keys.iter().filter(|key| lives(key)).map(|key| key.expires);
    expiries.collect::<Option<Vec<_>>>()?.into_iter().max()
}
