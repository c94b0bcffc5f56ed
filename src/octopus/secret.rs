//! What must not be seen, and the register of it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use crate::withhold::Writings;

/// A shorter secret would be found in texts that have nothing to do with it, in characters.
const MIN_KNOWN: usize = 8;

/// Every secret of this process that is still in use. The list does not keep them in memory.
static KNOWN: Mutex<Vec<Weak<Known>>> = Mutex::new(Vec::new());

/// An API key, an access token or an ID token.
///
/// The text is zeroed when the last clone is dropped, and `Debug` hides it. Until then every secret
/// of at least eight characters is withheld from every [`crate::Untrusted`] text, in any common
/// writing.
#[derive(Clone)]
pub struct Secret(Arc<Known>);

/// A secret and what finds it in a text.
pub(crate) struct Known {
    text: SecretString,
    pub(crate) writings: Writings,
}

impl Secret {
    /// Takes ownership of the text.
    #[must_use]
    pub fn new(text: String) -> Self {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|one| one.strong_count() > 0);
        let text = SecretString::from(text);
        let same = known
            .iter()
            .filter_map(Weak::upgrade)
            .find(|one| one.text.expose_secret() == text.expose_secret());
        if let Some(same) = same {
            return Self(same);
        }
        let secret = Arc::new(Known {
            writings: Writings::of(text.expose_secret()),
            text,
        });
        if secret.text.expose_secret().chars().count() >= MIN_KNOWN {
            known.push(Arc::downgrade(&secret));
        }
        Self(secret)
    }

    /// Returns the text itself, for the one place that must write it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.text.expose_secret()
    }

    /// Returns whether this key begins with the server's hint for a key, if the hint has at least
    /// `min_chars` characters of it.
    ///
    /// A server may fill a hint up with bullets, as in `API-ABCD••••••••`
    /// (OctopusDeploy/Issues#10122), asterisks or dots, in any number.
    #[must_use]
    pub fn fits_hint(&self, hint: &str, min_chars: usize) -> bool {
        let hint = hint.trim_end_matches(['•', '*', '.', '…']);
        hint.chars().count() >= min_chars && self.expose().starts_with(hint)
    }

    /// Returns whether a text contains this secret in any common writing, or a part of it that is
    /// long enough to be useful.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        !self.expose().is_empty() && (text.contains(self.expose()) || self.0.writings.are_in(text))
    }
}

/// Returns the secrets of this process that are still in use.
pub(crate) fn known() -> Vec<Arc<Known>> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.iter().filter_map(Weak::upgrade).collect()
}

impl Known {
    /// Returns the text itself.
    pub(crate) fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

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
    fn debug_output_hides_secret() {
        let secret = Secret::new("API-ABCD1234".into());
        assert_eq!(format!("{secret:?}"), "Secret");
    }

    #[test]
    fn hint_fits_key_that_it_begins() {
        let key = Secret::new("API-ABCD1234".into());
        for hint in ["API-ABCD", "API-ABCD****", "API-ABCD…", "API-ABCD••••••••"]
        {
            assert!(key.fits_hint(hint, 8), "{hint}");
        }
        assert!(key.fits_hint("API-A•••", 5));
        for hint in ["", "****", "API-ABCE", "api-abcd", "API-ABC••••"] {
            assert!(!key.fits_hint(hint, 8), "{hint}");
        }
    }

    #[test]
    fn secret_is_forgotten_when_last_clone_is_dropped() {
        let text = "FORGOTTEN-SECRET-0123456789";
        let is_known = || known().iter().any(|one| one.expose() == text);
        let secret = Secret::new(text.into());
        let clone = secret.clone();
        drop(secret);
        assert!(is_known());
        drop(clone);
        assert!(!is_known());
    }

    #[test]
    fn short_secret_is_not_known() {
        let _secret = Secret::new("1234567".into());
        assert!(known().iter().all(|one| one.expose() != "1234567"));
    }
}
