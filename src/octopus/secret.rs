//! The one type for whatever must not be seen.

use std::fmt;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

/// The variable that holds an API key; the name is that of Octopus's own command line.
pub const API_KEY: &str = "OCTOPUS_API_KEY";
/// The variable that holds an access token; the name is that of Octopus's own command line.
pub const ACCESS_TOKEN: &str = "OCTOPUS_ACCESS_TOKEN";
/// The variable that holds the run's key for the delete step, to be presented once more.
pub const PROOF_KEY: &str = "RUNKEY_PROOF_KEY";

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

    /// Whether this key begins with the server's hint for a key, if the hint says at least `shortest`
    /// characters of it.
    ///
    /// A server may show a hint filled up with bullets, as in `API-ABCD••••••••`
    /// (OctopusDeploy/Issues#10122), asterisks or dots, in any number.
    pub fn fits_hint(&self, hint: &str, shortest: usize) -> bool {
        let hint = hint.trim_end_matches(['•', '*', '.', '…']);
        hint.len() >= shortest && self.expose().starts_with(hint)
    }

    /// How many characters of this key a hint begins with.
    pub fn shared_with(&self, hint: &str) -> usize {
        let pairs = self.expose().chars().zip(hint.chars());
        pairs.take_while(|(one, other)| one == other).count()
    }

    /// Whether a text holds this secret, or a part of it that is long enough to help somebody: as it
    /// is, backwards, in other capitals, or with something between its characters, since Octopus's
    /// filters can write a value so.
    pub fn is_in(&self, text: &str) -> bool {
        let secret = folded(self.expose());
        let backwards: Zeroizing<Vec<u8>> = Zeroizing::new(secret.iter().rev().copied().collect());
        let folded = folded(text);
        shares_a_part(self.expose().as_bytes(), text.as_bytes())
            || shares_a_part(&secret, &folded)
            || shares_a_part(&backwards, &folded)
    }
}

fn shares_a_part(secret: &[u8], text: &[u8]) -> bool {
    let part = TELLING.min(secret.len()).max(1);
    let parts = secret.windows(part);
    let mut windows = text.windows(part);
    parts.len() > 0 && windows.any(|window| parts.clone().any(|part| part == window))
}

/// The letters and digits of a text, in capitals.
fn folded(text: &str) -> Zeroizing<Vec<u8>> {
    let bytes = text.bytes().filter(u8::is_ascii_alphanumeric);
    Zeroizing::new(bytes.map(|byte| byte.to_ascii_uppercase()).collect())
}

/// So many characters of a secret in a row are too many to be shown.
const TELLING: usize = 12;
/// Fewer capitals and digits after `API-` may be a hint, a name, or half a key that helps nobody:
/// so many are not printed.
pub const SHORTEST_HIDDEN: usize = 16;
/// How an API key begins; capitals and digits follow.
const KEY: &str = "API-";
/// How an access token begins, which is JSON in base64url.
const TOKEN: &str = "eyJ";
/// Tokens have hundreds of characters.
const SHORTEST_TOKEN: usize = 16;

/// Where a text holds something that is shaped like a secret, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Where what tells keys from each other begins.
    pub after_prefix: usize,
    /// The end.
    pub end: usize,
}

/// The first thing in a text that is shaped like an API key, with at least `shortest_key` capitals
/// and digits, or like an access token.
pub fn find_shape(text: &str, shortest_key: usize) -> Option<Shape> {
    let key = find(text, KEY, shortest_key, |byte| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit()
    });
    let token = find(text, TOKEN, SHORTEST_TOKEN, |byte| {
        byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
    });
    [key, token]
        .into_iter()
        .flatten()
        .min_by_key(|shape| shape.after_prefix)
}

fn find(text: &str, prefix: &str, shortest: usize, belongs: impl Fn(u8) -> bool) -> Option<Shape> {
    text.match_indices(prefix).find_map(|(start, _)| {
        let after_prefix = start + prefix.len();
        let rest = text[after_prefix..].bytes();
        let length = rest.take_while(|byte| belongs(*byte)).count();
        let end = after_prefix + length;
        (length >= shortest).then_some(Shape { after_prefix, end })
    })
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
    fn a_secret_does_not_show_in_debug_output() {
        assert_eq!(
            format!("{:?}", Secret::new("API-ABCD1234".into())),
            "Secret"
        );
    }

    #[test]
    fn a_hint_fits_the_key_it_begins_if_it_says_enough() {
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
    fn a_text_that_holds_twelve_characters_of_a_secret_holds_it() {
        let key = Secret::new("API-ABCDEFGHIJKLMNOP".into());
        for text in [
            "Eve API-ABCDEFGHIJKLMNOP",
            "x EFGHIJKLMNOP",
            "API-ABCDEFGH",
            "api-abcdefghijklmnop",
            "A P I - A B C D E F G H I",
            "ABCD.EFGH.IJKL",
            "PONMLKJIHGFEDCBA",
        ] {
            assert!(key.is_in(text), "{text}");
        }
        for text in ["", "API-ABCDEFG", "Alice"] {
            assert!(!key.is_in(text), "{text}");
        }
        assert!(Secret::new("short".into()).is_in("too short a secret"));
        assert!(!Secret::new(String::new()).is_in("anything"));
    }

    #[test]
    fn keys_and_tokens_are_known_by_their_shape_and_people_are_not() {
        for text in [
            "API-ABCDEFGHIJKLMNOPQRST",
            "Eve API-0123456789ABCDEFGHIJK x",
            "eyJhbGciOiJSUzI1NiJ9.e30",
        ] {
            assert!(find_shape(text, 20).is_some(), "{text}");
        }
        for text in [
            "API-IntegrationTests2026",
            "API-ABCDEFGHIJKLMNOPQRS",
            "eyJ-fan",
            "",
        ] {
            assert_eq!(find_shape(text, 20), None, "{text}");
        }
    }
}
