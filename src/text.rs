//! Makes strangers' text safe to print: what a server, a proxy or a display name says may hold
//! terminal escapes, line breaks, service messages, even a key.

/// The longest text of a stranger that reaches a log, in characters.
const LONGEST: usize = 500;
/// The longest line that reaches a log, in characters, with our own words around a stranger's.
const LONGEST_LINE: usize = 2000;
const SERVICE_MESSAGE: &str = "##octopus[";
/// How an API key begins, and an access token, which is JSON in base64; and what follows in it
/// beside letters and digits.
const SECRETS: [(&str, &str); 2] = [("API-", ""), ("eyJ", "-_.")];
/// Keys have 32 or so characters after the prefix, tokens many more; a hint has 4.
const SHORTEST_SECRET: usize = 16;

/// One line of bounded length that can neither move the cursor, nor start a service message, nor
/// show an API key or an access token.
pub fn defuse(text: &str) -> String {
    let line: String = text
        .chars()
        .filter(|c| !turns_direction(*c))
        .map(|c| if breaks_line(c) { ' ' } else { c })
        .collect();
    let line = line.replace(SERVICE_MESSAGE, "## octopus[");
    let hidden = SECRETS
        .into_iter()
        .fold(line, |line, (begin, beside)| hide(&line, begin, beside));
    cut(hidden, LONGEST_LINE)
}

/// What a stranger wrote: defused, without runs of white space, and cut to a readable length.
pub fn excerpt(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(defuse(&words.join(" ")), LONGEST)
}

fn cut(mut line: String, longest: usize) -> String {
    if let Some((end, _)) = line.char_indices().nth(longest) {
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
fn hide(text: &str, begin: &str, beside: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(begin) {
        let after = start + begin.len();
        let length = rest[after..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || beside.contains(*c))
            .count();
        shown.push_str(&rest[..after]);
        rest = &rest[after..];
        if length >= SHORTEST_SECRET {
            shown.push_str("********");
            rest = &rest[length..];
        }
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn strangers_cannot_start_a_service_message() {
        for text in [
            "##octopus[setVariable]",
            "##octo\u{202E}pus[x]",
            "a\n##octopus[mask]",
        ] {
            assert!(!defuse(text).contains(SERVICE_MESSAGE), "{text}");
        }
        let bell_between = excerpt("##octopus\u{7}[x]");
        assert!(!bell_between.contains(SERVICE_MESSAGE), "{bell_between}");
    }

    #[test]
    fn strangers_cannot_move_the_cursor_or_break_the_line() {
        assert_eq!(defuse("a\u{1b}[2Jb\r\nc\u{9b}d\u{2028}e"), "a [2Jb  c d e");
    }

    #[test]
    fn names_in_every_script_arrive_intact() {
        for name in ["Zoë Ångström", "O'Brien", "李小龍", "שרה כהן", "🦀"] {
            assert_eq!(excerpt(name), name);
        }
    }

    #[test]
    fn a_key_or_a_token_in_a_strangers_text_is_hidden_and_a_hint_is_not() {
        assert_eq!(
            defuse("key API-ABCDEFGHIJKLMNOPQRSTUVWXYZ012345 is bad"),
            "key API-******** is bad"
        );
        assert_eq!(
            defuse("the key API-ABCD… is bad"),
            "the key API-ABCD… is bad"
        );
        assert_eq!(
            defuse("'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOi-_9.c2ln'"),
            "'eyJ********'"
        );
        assert_eq!(defuse("API-gateway-of-the-shop"), "API-gateway-of-the-shop");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let cut = excerpt(&"é".repeat(2000));
        assert_eq!(cut.chars().count(), LONGEST + 1);
    }

    proptest! {
        #[test]
        fn no_text_is_dangerous_once_it_is_defused(
            parts in prop::collection::vec(
                prop_oneof![any::<String>(), Just("##octopus[".to_owned()), Just("API-".to_owned()), "[A-Z0-9]{16,40}"],
                0..6,
            ),
        ) {
            for line in [defuse(&parts.concat()), excerpt(&parts.concat())] {
                prop_assert!(!line.contains(SERVICE_MESSAGE));
                prop_assert!(!line.contains(breaks_line) && !line.contains(turns_direction));
                let after_prefix = line.split("API-").skip(1);
                for rest in after_prefix {
                    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
                    prop_assert!(length < SHORTEST_SECRET, "{}", line);
                }
                prop_assert!(line.chars().count() <= LONGEST_LINE + 1);
            }
        }
    }
}
