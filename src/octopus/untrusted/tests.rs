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
