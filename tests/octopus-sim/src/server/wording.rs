//! How a server puts what no source says exactly, so that no test hangs on one wording.

use crate::server::state::keys::Stored;

/// Which words the server finds for what is known to be said, and not how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// One guess.
    Usual,
    /// Another guess, with no sentence in common.
    Other,
}

impl Wording {
    /// The text that this wording takes.
    pub(crate) fn pick<'a>(self, usual: &'a str, other: &'a str) -> &'a str {
        match self {
            Self::Usual => usual,
            Self::Other => other,
        }
    }
}

/// How a hint is shown: the first 8 characters of a key, and perhaps something for the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hints {
    /// As in `API-ABCD`.
    Bare,
    /// With this character so many times behind it.
    Masked(char, usize),
}

/// What stands for the characters of a key that are not shown.
const BULLET: char = '\u{2022}';

impl Hints {
    /// As in `API-ABCD••••••••`, the way the portal shows hints.
    pub const BULLETS: Self = Self::Masked(BULLET, 8);

    /// Shows the hint that a key begins with.
    pub(crate) fn show(self, hint: &str) -> String {
        match self {
            Self::Bare => hint.to_owned(),
            Self::Masked(mask, count) => masked(hint, mask, count),
        }
    }
}

fn masked(hint: &str, mask: char, count: usize) -> String {
    let mask = std::iter::repeat_n(mask, count);
    hint.chars().chain(mask).collect()
}

/// The message of the event that a key was made; the half sentence of a key with an expiry is an
/// assumption.
pub(crate) fn key_generated(stored: &Stored, username: &str) -> String {
    let expiry = stored.key.expires.map_or_else(
        || "with no expiry date".to_owned(),
        |expires| format!("with expiry date {}", expires.strftime("%Y-%m-%d %H:%M")),
    );
    format!("{} was generated {expiry}.", named(stored, username))
}

/// The message of the event that a key was revoked; its end is an assumption.
pub(crate) fn key_deleted(stored: &Stored, username: &str) -> String {
    format!("{} was deleted.", named(stored, username))
}

fn named(stored: &Stored, username: &str) -> String {
    let kind = match stored.key.actor_type.as_str() {
        "AiAgent" => "AI Agent",
        _ => "User",
    };
    let shown = masked(&stored.hint()[..7], BULLET, 7);
    let purpose = &stored.key.purpose;
    format!("{kind} API key {purpose} ({shown}) for {username}")
}
