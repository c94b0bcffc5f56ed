//! IDs of documents, such as `Users-21`.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::contains_secret;

/// A document's ID: letters, digits, `-`, `_` and `.`, so that it can stand in a path as it is. It
/// contains no secret, since IDs are printed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Id(String);

/// The longest ID, in bytes; those of Octopus have some twenty.
const MAX_LENGTH: usize = 100;

impl Id {
    /// Returns the text as an ID, if it can be one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let has_name = text.bytes().any(|byte| byte.is_ascii_alphanumeric());
        let is_id = has_name
            && text.len() <= MAX_LENGTH
            && text.bytes().all(fits)
            && !contains_secret(text);
        is_id.then(|| Self(text.to_owned()))
    }

    /// Returns the text as the ID of a user, if it is `Users-` and a number.
    #[must_use]
    pub fn of_user(text: &str) -> Option<Self> {
        let number = text.strip_prefix("Users-")?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| Self::new(text))?
    }

    /// Returns the ID as Octopus writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| de::Error::custom("not an ID"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_cannot_change_the_path() {
        for text in ["", "..", "a/b", "a?b", "a b", "Users-1/apikeys", "%2e"] {
            assert_eq!(Id::new(text), None, "{text}");
        }
        assert!(Id::new("apikeys-Ab_1").is_some());
        assert_eq!(Id::new("API-ABCDEFGHIJKLMNOPQRSTUVWXYZ"), None);
        assert_eq!(Id::new(&"a".repeat(MAX_LENGTH + 1)), None);
    }

    #[test]
    fn username_is_not_the_id_of_a_user() {
        for text in ["runbook-svc", "Users-", "Users-x", "users-1", "Users-1a"] {
            assert_eq!(Id::of_user(text), None, "{text}");
        }
        assert!(Id::of_user("Users-21").is_some());
    }
}
