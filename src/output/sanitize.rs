//! Makes strangers' text safe to print: what a server, a proxy or a display name says may hold
//! terminal escapes, line breaks, service messages, even a key.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::secret;
use crate::stranger::Stranger;

/// The longest text of a stranger that reaches a log, in characters.
const LONGEST: usize = 500;
/// Stands where a `#` could begin a service message.
const HARMLESS: char = '♯';
/// What a Japanese server takes for `#`.
const WIDE: char = '＃';

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&line(self.as_given()))
    }
}

impl fmt::Debug for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{self}'")
    }
}

impl Serialize for Stranger {
    /// In JSON the text is whole, but for keys and tokens; [`harmless_json`] does the rest.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hide_secrets(self.as_given()))
    }
}

/// One line of bounded length that can neither move the cursor, nor begin or swallow a service
/// message, nor show an API key or an access token.
fn line(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !turns_direction(*c)).collect();
    let words: Vec<&str> = shown
        .split(|c: char| c.is_whitespace() || breaks_line(c))
        .filter(|word| !word.is_empty())
        .collect();
    defuse(&cut(hide_secrets(&words.join(" "))))
}

/// Replaces every `#` that could begin a service message.
///
/// Octopus's parsers leave their first state at a `#`, and stay out of it for as long as `#octopus`
/// or one of 323 characters that count as nothing may follow (OctopusDeploy/Calamari,
/// `ServiceMessageParser`). A `#` stays only where the next character is a printable one of ASCII
/// and no `#`: there the parser is back at once.
fn defuse(text: &str) -> String {
    let mut rest = text.chars().peekable();
    let mut safe = String::with_capacity(text.len());
    while let Some(c) = rest.next() {
        let next_is_plain = |c: &char| matches!(c, ' '..='~') && *c != '#';
        safe.push(match c {
            '#' if !rest.peek().is_some_and(next_is_plain) => HARMLESS,
            WIDE => HARMLESS,
            other => other,
        });
    }
    safe
}

/// JSON of which no part, whoever wrote it, can begin a service message or move the cursor. Every
/// such character can only stand in a string, where JSON has another way to write it.
pub fn harmless_json(json: &str, safe: &mut String) {
    use fmt::Write;
    for c in json.chars() {
        if matches!(c, '#' | WIDE) || c != '\n' && breaks_line(c) || turns_direction(c) {
            // A string takes every text. All these characters have four digits.
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
}

fn cut(mut line: String) -> String {
    if let Some((end, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(end);
        line.push('…');
    }
    line
}

fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Overrides and isolates make a line read as something that it is not; marks for languages
/// written from right to left do no harm and stay.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A server may quote the secret it was sent, or one it made.
fn hide_secrets(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = secret::find_shape(rest, secret::SHORTEST_HIDDEN) {
        shown.push_str(&rest[..found.after_prefix]);
        shown.push_str("********");
        rest = &rest[found.end..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        Stranger::from(text).to_string()
    }

    #[test]
    fn a_hash_stays_only_where_a_plain_character_follows() {
        for (text, harmless) in [
            ("C# team", "C# team"),
            ("#1", "#1"),
            ("##octopus[setVariable]", "♯#octopus[setVariable]"),
            ("ends in #", "ends in ♯"),
            ("###", "♯♯♯"),
            ("#\u{AD}", "♯\u{AD}"),
            ("#é", "♯é"),
            ("＃＃octopus", "♯♯octopus"),
            ("#\n#octopus", "# #octopus"),
        ] {
            assert_eq!(shown(text), harmless, "{text:?}");
        }
        let cut_behind_a_hash = shown(&format!("{}#octopus", "a".repeat(LONGEST - 1)));
        assert!(cut_behind_a_hash.ends_with("♯…"), "{cut_behind_a_hash}");
    }

    #[test]
    fn strangers_cannot_move_the_cursor_or_break_the_line() {
        assert_eq!(shown("a\u{1b}[2Jb\r\nc\u{9b}d\u{2028}e"), "a [2Jb c d e");
    }

    #[test]
    fn names_in_every_script_arrive_intact() {
        for name in ["Zoë Ångström", "O'Brien", "李小龍", "שרה כהן", "🦀"] {
            assert_eq!(shown(name), name);
        }
    }

    #[test]
    fn a_key_or_a_token_in_a_strangers_text_is_hidden_and_a_hint_is_not() {
        for (text, harmless) in [
            (
                "key API-ABCDEFGHIJKLMNOPQRSTUVWXYZ012345 is bad",
                "key API-******** is bad",
            ),
            ("the key API-ABCD… is bad", "the key API-ABCD… is bad"),
            ("'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOi-_9.c2ln'", "'eyJ********'"),
            ("API-gateway-of-the-shop", "API-gateway-of-the-shop"),
            ("API-IntegrationTests2026", "API-IntegrationTests2026"),
        ] {
            assert_eq!(shown(text), harmless);
        }
    }

    #[test]
    fn in_json_the_text_is_whole_and_begins_no_service_message() {
        let json =
            serde_json::to_string(&Stranger::from("a #\u{AD}##octopus[x] ＃\u{9b}")).unwrap();
        let mut safe = String::new();
        harmless_json(&json, &mut safe);
        assert!(!safe.contains(['#', WIDE, '\u{9b}']), "{safe}");
        let read: String = serde_json::from_str(&safe).unwrap();
        assert_eq!(read, "a #\u{AD}##octopus[x] ＃\u{9b}");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(shown(&"é".repeat(2000)).chars().count(), LONGEST + 1);
    }

    proptest! {
        #[test]
        fn no_text_is_dangerous_once_it_is_shown(
            parts in prop::collection::vec(
                prop_oneof![any::<String>(), Just("##octopus[".to_owned()), Just("#".to_owned()), Just("API-".to_owned()), "[A-Z0-9]{16,40}"],
                0..6,
            ),
        ) {
            let line = shown(&parts.concat());
            prop_assert!(!line.contains(breaks_line) && !line.contains(turns_direction));
            prop_assert!(!line.contains(WIDE) && !line.contains("##") && !line.ends_with('#'));
            prop_assert!(secret::find_shape(&line, secret::SHORTEST_HIDDEN).is_none());
            prop_assert!(line.chars().count() <= LONGEST + 1);
        }
    }
}
