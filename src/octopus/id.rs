//! Ids of documents, such as `Users-21`.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::is_shaped_like_secret;

/// A document's id: letters, digits, `-`, `_` and `.`, so that it can stand in a path as it is, and
/// nothing that is shaped like a key or a token, since ids are printed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Id(String);

/// The longest id, in bytes; those of Octopus have some twenty.
const LONGEST: usize = 100;

impl Id {
    /// Takes an id, or nothing if the text cannot be one.
    pub fn new(text: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let has_name = text.bytes().any(|byte| byte.is_ascii_alphanumeric());
        let is_id = has_name
            && text.len() <= LONGEST
            && text.bytes().all(fits)
            && !is_shaped_like_secret(text);
        is_id.then(|| Self(text.to_owned()))
    }

    /// Takes the id of a user, `Users-` and a number; nothing if the text is anything else.
    pub fn of_user(text: &str) -> Option<Self> {
        let number = text.strip_prefix("Users-")?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| Self::new(text))?
    }

    /// The id as Octopus writes it.
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
        Self::new(&text).ok_or_else(|| de::Error::custom("not an id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_lead_a_path_elsewhere() {
        for text in ["", "..", "a/b", "a?b", "a b", "Users-1/apikeys", "%2e"] {
            assert_eq!(Id::new(text), None, "{text}");
        }
        assert!(Id::new("apikeys-Ab_1").is_some());
        assert_eq!(Id::new("API-ABCDEFGHIJKLMNOPQRSTUVWXYZ"), None);
        assert_eq!(Id::new(&"a".repeat(LONGEST + 1)), None);
    }

    #[test]
    fn a_user_name_is_not_taken_for_an_id() {
        for text in ["runbook-svc", "Users-", "Users-x", "users-1", "Users-1a"] {
            assert_eq!(Id::of_user(text), None, "{text}");
        }
        assert!(Id::of_user("Users-21").is_some());
    }
}
