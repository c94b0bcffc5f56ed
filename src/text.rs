//! Makes strangers' text safe to print: what a server, a proxy or a display name says may hold
//! terminal escapes, line breaks, service messages, even a key.

/// The longest text of a stranger that reaches a log, in characters.
const LONGEST: usize = 500;
const SERVICE_MESSAGE: &str = "##octopus[";
const KEY_PREFIX: &str = "API-";
/// Keys have 32 or so characters after the prefix; a hint has 4.
const SHORTEST_KEY: usize = 16;

/// One line that can neither move the cursor, nor start a service message, nor show an API key.
pub fn defuse(text: &str) -> String {
    let line: String = text
        .chars()
        .filter(|c| !turns_direction(*c))
        .map(|c| if breaks_line(c) { ' ' } else { c })
        .collect();
    hide_keys(&line.replace(SERVICE_MESSAGE, "## octopus["))
}

/// What a stranger wrote: defused, without runs of white space, and cut to a readable length.
pub fn excerpt(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = defuse(&words.join(" "));
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Overrides and isolates make a line read as something that it is not; marks for languages
/// written from right to left do no harm and stay.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A server may quote the key it was sent, or one it made.
fn hide_keys(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(KEY_PREFIX) {
        let after = start + KEY_PREFIX.len();
        let length = rest[after..]
            .bytes()
            .take_while(u8::is_ascii_alphanumeric)
            .count();
        shown.push_str(&rest[..after]);
        shown.push_str(if length >= SHORTEST_KEY {
            "********"
        } else {
            &rest[after..after + length]
        });
        rest = &rest[after + length..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
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
    fn a_key_in_a_strangers_text_is_hidden_and_a_hint_is_not() {
        assert_eq!(
            defuse("key API-ABCDEFGHIJKLMNOPQRSTUVWXYZ012345 is bad"),
            "key API-******** is bad"
        );
        assert_eq!(
            defuse("the key API-ABCD… is bad"),
            "the key API-ABCD… is bad"
        );
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let cut = excerpt(&"é".repeat(2000));
        assert_eq!(cut.chars().count(), LONGEST + 1);
    }
}
