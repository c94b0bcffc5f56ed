//! The one type for whatever must not be seen.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

/// An API key or an access token. Zeroed when dropped; `Debug` and `Display` never show it.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes ownership of the text; the text is zeroed when the secret is dropped.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The text itself, for the one place that must write it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether the server's hint for a key, its first characters, fits this one. A server may fill
    /// a hint up with dots or asterisks; an empty hint fits nothing.
    pub fn fits_hint(&self, hint: &str) -> bool {
        let hint = hint.trim_end_matches(['*', '.', '…']);
        !hint.is_empty() && self.expose().starts_with(hint)
    }
}

/// Has the system keep this process's memory and environment from other processes of the same user,
/// and out of core dumps. A program that takes this process's place starts afresh.
#[cfg(target_os = "linux")]
pub fn keep_memory_private() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    // A system that does not let us is no reason not to revoke a key.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Other systems offer nothing that lasts for one process alone.
#[cfg(not(target_os = "linux"))]
pub fn keep_memory_private() {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_in_debug_output() {
        assert_eq!(
            format!("{:?}", Secret::new("API-ABCD1234".into())),
            "Secret"
        );
    }

    #[test]
    fn a_hint_fits_the_key_it_begins() {
        let key = Secret::new("API-ABCD1234".into());
        for hint in ["API-ABCD", "API-ABCD****", "API-ABCD…"] {
            assert!(key.fits_hint(hint), "{hint}");
        }
        for hint in ["", "****", "API-ABCE", "api-abcd"] {
            assert!(!key.fits_hint(hint), "{hint}");
        }
    }
}
