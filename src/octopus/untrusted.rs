//! Text that others chose: a server, a proxy, a name, a variable, a file.
//!
//! It may contain terminal escapes, line breaks, service messages, even a key.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize, Serializer};

use crate::withhold::withhold_secrets;

/// The longest untrusted text in a line, in characters.
const MAX_CHARS: usize = 500;
/// Stands where text was cut out.
const GAP: &str = " … ";
/// Stands where a `#` could begin a service message.
const HARMLESS: char = '♯';
/// What a server takes for `#` under a Japanese culture.
const FULLWIDTH: char = '＃';

/// Untrusted text. `Display` and `Debug` show one harmless line of it; as JSON it is whole, without
/// secrets.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

/// How much of a text is looked through to show a part of it, in characters.
const MAX_READ: usize = 16 * 1024;

impl Untrusted {
    /// Returns the text as it was given: to be compared, looked up or sent, never to be printed.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Returns one harmless line of at most `max_chars` characters. What is too long is cut in the
    /// middle, so that the username at the end stays whole.
    #[must_use]
    pub fn shortened(&self, max_chars: usize) -> String {
        // The middle of a text of megabytes would only cost time.
        let text = cut_in_the_middle(self.0.clone(), MAX_READ.max(max_chars));
        let line = withhold_secrets(&one_line(&text)).into_owned();
        escape_hashes(&cut_in_the_middle(line, max_chars))
    }
}

impl<T: Into<String>> From<T> for Untrusted {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shortened(MAX_CHARS))
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{self}'")
    }
}

impl Serialize for Untrusted {
    /// [`escape_json`] does the rest.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&withhold_secrets(&self.0))
    }
}

/// Collapses white space, and removes what moves the cursor or turns the direction.
fn one_line(text: &str) -> String {
    let is_shown = |c: &char| c.is_whitespace() || !c.is_control() && !turns_direction(*c);
    let shown: String = text.chars().filter(is_shown).collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    words.join(" ")
}

/// Such a character makes a line read as something that it is not.
fn turns_direction(c: char) -> bool {
    matches!(
        c,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
    )
}

fn cut_in_the_middle(line: String, max_chars: usize) -> String {
    let chars: Vec<char> = line.chars().collect();
    if chars.len() <= max_chars {
        return line;
    }
    let Some(room) = max_chars.checked_sub(GAP.chars().count()) else {
        return chars[..max_chars].iter().collect();
    };
    let tail = (room / 2).max(
        username_length(&chars)
            .filter(|username| *username <= room)
            .unwrap_or_default(),
    );
    let (head, tail) = (&chars[..room - tail], &chars[chars.len() - tail..]);
    let [head, tail]: [String; 2] = [head, tail].map(|part| part.iter().collect());
    format!("{}{GAP}{}", head.trim_end(), tail.trim_start())
}

/// Returns the length of the `(username)` at the end of a line, with the run ID behind it.
fn username_length(line: &[char]) -> Option<usize> {
    let ends = matches!(line.last(), Some(')' | ']'));
    let start = line.iter().rposition(|c| *c == '(').filter(|_| ends)?;
    Some(line.len() - start)
}

/// Replaces every `#` that could begin a service message.
///
/// Octopus's parsers leave their first state at a `#`, and stay out of it for as long as `#octopus`
/// or one of 323 characters that count as nothing may follow (OctopusDeploy/Calamari,
/// `ServiceMessageParser`). A `#` stays only where the next character is a printable one of ASCII
/// other than `#`: there the parser is back at once.
fn escape_hashes(line: &str) -> String {
    let mut rest = line.chars().peekable();
    let mut safe = String::with_capacity(line.len());
    while let Some(c) = rest.next() {
        let is_plain = |c: &char| matches!(c, ' '..='~') && *c != '#';
        safe.push(match c {
            '#' if !rest.peek().is_some_and(is_plain) => HARMLESS,
            FULLWIDTH => HARMLESS,
            other => other,
        });
    }
    safe
}

/// Returns JSON of which no part can begin a service message or move the cursor. Every such
/// character can only stand in a string, where JSON has another way to write it.
#[must_use]
pub fn escape_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        let is_harmful = matches!(c, '#' | FULLWIDTH | '\u{2028}' | '\u{2029}')
            || c != '\n' && c.is_control()
            || turns_direction(c);
        if is_harmful {
            // A string takes every text. All these characters have four digits.
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::withhold::contains_secret;

    const LINE_BREAKS: [char; 3] = ['\n', '\u{2028}', '\u{2029}'];

    fn shown(text: &str) -> String {
        Untrusted::from(text).to_string()
    }

    #[test]
    fn hash_stays_only_before_plain_character() {
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
            ("#\u{0}#octopus", "♯#octopus"),
        ] {
            assert_eq!(shown(text), harmless, "{text:?}");
        }
    }

    #[test]
    fn line_cannot_be_broken_and_cursor_not_moved() {
        assert_eq!(
            shown("a\u{1b}[2Jb\r\nc\u{9b}d\u{2028}e\u{202E}f"),
            "a[2Jb cd ef"
        );
    }

    #[test]
    fn names_in_every_script_stay_intact() {
        for name in ["Zoë Ångström", "O'Brien", "李小龍", "שרה כהן", "🦀"] {
            assert_eq!(shown(name), name);
        }
    }

    #[test]
    fn key_and_token_are_withheld_and_hint_is_not() {
        for (text, harmless) in [
            (
                "key API-ABCDEFGHIJKLMNOPQRSTUVWXYZ012345 is bad",
                "key ******** is bad",
            ),
            ("the key API-ABCD… is bad", "the key API-ABCD… is bad"),
            ("'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOi-_9.c2ln'", "'********'"),
            ("API-gateway-of-the-shop", "API-gateway-of-the-shop"),
        ] {
            assert_eq!(shown(text), harmless);
        }
    }

    #[test]
    fn long_text_keeps_username_at_its_end() {
        let long = format!("{} (alice)", "é".repeat(2000));
        assert_eq!(shown(&long).chars().count(), MAX_CHARS);
        assert!(shown(&long).ends_with("é (alice)"));
        let username = format!("({})", "b".repeat(30));
        let long = Untrusted::from(format!("{} {username} [runkey R]", "a".repeat(90)));
        let line = long.shortened(60);
        assert!(line.starts_with("aaa"), "{line}");
        assert!(line.ends_with(&format!("{username} [runkey R]")), "{line}");
        assert_eq!(Untrusted::from("abcdef").shortened(2), "ab");
    }

    #[test]
    fn json_is_whole_and_begins_no_service_message() {
        let text = "a #\u{AD}##octopus[x] ＃\u{9b}\u{2028}\u{202E}";
        let safe = escape_json(&serde_json::to_string(&Untrusted::from(text)).unwrap());
        assert!(
            safe.is_ascii() || !safe.contains(['#', FULLWIDTH, '\u{9b}']),
            "{safe}"
        );
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
    }

    /// What a service message, a key or a terminal's order is made of.
    fn dangerous() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            any::<String>(),
            "[#＃\u{0}-\u{8}\u{AD}\u{34F}\u{640}\u{200B}-\u{200F}\u{FE00}-\u{FE0F}\u{FEFF}]{1,4}",
            Just("##octopus[".to_owned()),
            Just("octopus".to_owned()),
            Just("API-".to_owned()),
            "[A-Z0-9]{16,40}",
        ];
        prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn shown_text_is_harmless(text in dangerous(), max_chars in 0..600_usize) {
            for line in [shown(&text), Untrusted::from(text.as_str()).shortened(max_chars)] {
                prop_assert!(!line.contains(|c: char| c.is_control() || turns_direction(c)));
                prop_assert!(!line.contains(&LINE_BREAKS[..]) && !line.contains(FULLWIDTH));
                prop_assert!(!contains_secret(&line));
                prop_assert!(line.chars().count() <= MAX_CHARS.max(max_chars));
                // Stricter than every parser: whatever is not ASCII counts as nothing behind a `#`.
                for (at, _) in line.match_indices('#') {
                    let next = line[at + 1..].chars().next();
                    prop_assert!(next.is_some_and(|c| matches!(c, ' '..='~') && c != '#'), "{}", line);
                }
            }
        }

        #[test]
        fn json_never_contains_hash(text in dangerous()) {
            let json = escape_json(&serde_json::to_string(&Untrusted::from(text.as_str())).unwrap());
            prop_assert!(!json.contains(|c: char| c == '#' || c == FULLWIDTH || c.is_control()));
            let read: String = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(read, withhold_secrets(&text).into_owned());
        }
    }
}
