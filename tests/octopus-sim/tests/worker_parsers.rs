//! A log is read by both of Octopus's parsers, each a machine that keeps its state from line to line.

use octopus_sim::worker::service_message::{Culture, Dialect, Reader, Reading, parse};

const MASK: &str = "##octopus[mask value='QQ==']";

fn read(dialect: Dialect, log: &str) -> Reading {
    Reader::new(dialect).read(log)
}

fn names(reading: &Reading) -> Vec<&str> {
    let messages = reading.messages.iter();
    messages.map(|message| message.name.as_str()).collect()
}

/// What every parser in every culture makes of this log.
fn every(log: &str) -> impl Iterator<Item = (String, Reading)> {
    Reader::every().map(move |reader| {
        let name = format!("{:?}, {:?}, {log:?}", reader.dialect, reader.culture);
        (name, reader.read(log))
    })
}

#[track_caller]
fn assert_every(log: &str, expected: &[&str], is_waiting: bool) {
    for (name, reading) in every(log) {
        assert_eq!(names(&reading), expected, "{name}");
        assert_eq!(reading.is_waiting, is_waiting, "{name}");
    }
}

#[test]
fn text_and_messages_are_told_apart_by_both() {
    for dialect in Dialect::ALL {
        let reading = read(dialect, &format!("a\n{MASK}\r\nC# team, issue #7\n"));
        assert_eq!(names(&reading), ["mask"]);
        assert_eq!(reading.messages[0].get("value"), Some("A"));
        assert_eq!(reading.lines, ["a", "C# team, issue #7"], "{dialect:?}");
        assert!(!reading.is_waiting);
    }
}

#[test]
fn only_the_common_parser_finds_a_message_behind_other_text() {
    let log = format!("a {MASK} b\nc\n");
    let common = read(Dialect::Common, &log);
    assert_eq!(names(&common), ["mask"]);
    assert_eq!(common.lines, ["a ", "c"], "the rest of the line is dropped");
    let filter = read(Dialect::Filter, &log);
    assert!(filter.messages.is_empty());
    assert_eq!(filter.lines, [&format!("a {MASK} b"), "c"]);
}

#[test]
fn a_message_goes_on_in_the_next_lines() {
    assert_every("##octopus[mask\n value=\n'QQ=='\n]\n", &["mask"], false);
    assert_every("##octopus\nmask value='QQ==']\n", &["mask"], false);
}

#[test]
fn an_opening_alone_swallows_text_up_to_the_next_bracket() {
    assert_every(&format!("##octopus\nlost\n{MASK}\nkept\n"), &[], false);
    assert_every("##octopus\nlost\n", &[], true);
    let log = format!("##octopus\nlost\n{MASK}\nkept\n");
    assert_eq!(read(Dialect::Common, &log).lines, ["kept"]);
    let filter = read(Dialect::Filter, &log);
    assert!(filter.lines[0].starts_with("Could not parse"), "{filter:?}");
}

#[test]
fn a_begun_opening_makes_the_next_message_vanish() {
    for end in ["#", "##", "##o", "##octo", "##octopu"] {
        let log = format!("{end}\n{MASK}\nkept\n");
        assert_every(&log, &[], false);
        let lines = read(Dialect::Filter, &log).lines;
        assert_eq!(lines, [end, MASK, "kept"], "the filter shows it as text");
        let log = format!("Eve {log}");
        assert!(read(Dialect::Common, &log).messages.is_empty(), "{log}");
    }
    assert_every(&format!("Eve #\n{MASK}\nkept\n"), &[], false);
}

#[test]
fn characters_that_count_as_nothing_keep_the_parser_waiting() {
    for nothing in [
        '\0', '\u{8}', '\u{1f}', '\u{ad}', '\u{200b}', '\u{640}', '\u{feff}',
    ] {
        let log = format!("Eve #{nothing}{nothing}");
        let reading = read(Dialect::Common, &log);
        assert!(reading.is_waiting, "{nothing:?}");
        let ordinal = Reader::in_culture(Dialect::Common, Culture::Ordinal);
        assert!(!ordinal.read(&log).is_waiting, "{nothing:?}");
        let lost = read(Dialect::Common, &format!("{log}\n{MASK}\n"));
        assert!(lost.messages.is_empty(), "{nothing:?}");
    }
    for something in ['\t', ' ', 'é', '\u{301}', '\u{e0001}', '＃'] {
        assert!(!read(Dialect::Common, &format!("#{something}")).is_waiting);
    }
}

#[test]
fn the_whole_opening_is_compared_exactly() {
    for dialect in Dialect::ALL {
        let reading = read(dialect, "##octo\u{ad}pus[mask value='QQ==']\n");
        assert!(reading.messages.is_empty(), "{dialect:?}");
    }
    let waits = read(Dialect::Filter, "\u{200b}##octopus");
    assert!(waits.is_waiting && waits.messages.is_empty());
}

#[test]
fn a_japanese_machine_takes_the_wide_sign_for_the_plain_one() {
    let japanese = |log: &str| Reader::in_culture(Dialect::Common, Culture::Japanese).read(log);
    assert!(japanese("#＃").is_waiting);
    assert!(japanese(&format!("#＃\n{MASK}\n")).messages.is_empty());
    assert!(
        japanese("#＃octopus[mask value='QQ==']\n")
            .messages
            .is_empty()
    );
    assert!(
        !japanese("＃").is_waiting,
        "a message begins with the plain one"
    );
}

#[test]
fn every_value_is_base64_of_utf8_text() {
    let message = parse("##octopus[setVariable name='TmFtZQ==' value='Wm/DqyDwn5CZ']")
        .expect("it is a message");
    assert_eq!(message.name, "setVariable");
    assert_eq!(message.get("name"), Some("Name"));
    assert_eq!(message.get("value"), Some("Zoë 🐙"));
    assert_eq!(message.get("sensitive"), None);
}

#[test]
fn a_clear_text_true_does_not_decode_to_true() {
    for (flag, is_true) in [("True", false), ("VHJ1ZQ==", true)] {
        let line = format!("##octopus[setVariable name='QQ==' value='QQ==' sensitive='{flag}']");
        let message = parse(&line).expect("it is a message");
        assert_eq!(message.get("sensitive") == Some("True"), is_true, "{line}");
    }
}

#[test]
fn what_is_no_element_with_base64_values_is_no_message() {
    for line in [
        "hello",
        "##octopus",
        "##octopus[",
        "##octopus[]",
        "##octopus[mask value='QQ=='",
        "##octopus[mask value]",
        "##octopus[mask value='QQ==' value='QQ==']",
        "##octopus[mask value='QQ==' Value='QQ==']",
        "##octopus[mask/><mask]",
        "##octopus[mask><mask]",
        "##octopus[1mask]",
        "##octopus[ma\u{7}sk]",
        "##octopus[[ mask]",
        "##octopus[##octopus[mask value='QQ==']",
        "##teamcity[mask value='QQ==']",
        // One value that is not base64 spoils the whole message.
        "##octopus[setVariable name='My Key' value='QQ==']",
        "##octopus[setVariable name='QQ==' value='QQ']",
        "##octopus[setVariable name='QQ==' value='Zoë']",
    ] {
        assert_eq!(parse(line), None, "{line}");
    }
}
