//! No run shows a secret in any writing, outside the messages that pass the key on; nor is what it
//! prints read in two ways, or obeyed.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use octopus_sim::Octopus;
use octopus_sim::worker::service_message::{self, Reader};

use super::Outcome;

/// The service messages that runkey writes; any other was injected.
const OWN_MESSAGES: [&str; 13] = [
    "mask",
    "setVariable",
    "resultMessage",
    "progress",
    "createArtifact",
    "stdout-verbose",
    "stdout-default",
    "stdout-highlight",
    "stdout-warning",
    "stdout-wait",
    "stderr-progress",
    "stderr-default",
    "stdout-error",
];

/// Fails when the run shows a secret, a crash or a place in the source, or when Octopus's parsers
/// differ over what it printed.
#[track_caller]
pub fn assert_clean(octopus: &Octopus, outcome: &Outcome) {
    assert_read_alike(&outcome.stdout);
    assert_read_alike(&outcome.stderr);
    assert_no_secret(octopus, &log_lines(&outcome.stdout));
    assert_no_secret(octopus, &log_lines(&outcome.stderr));
    for sign in [
        "panicked",
        "runkey crashed",
        "RUST_BACKTRACE",
        ".rs:",
        "stack backtrace",
        "This is a bug",
    ] {
        assert!(!outcome.has(sign), "'{sign}' in {outcome:#?}");
    }
}

/// Fails unless every parser, in every culture, reads the same messages, only runkey's, and waits for
/// nothing.
#[track_caller]
pub fn assert_read_alike(text: &str) {
    let mut readings = Reader::every().map(|reader| reader.read(text));
    let first = readings.next().expect("there is a parser").messages;
    for message in &first {
        let name = message.name.as_str();
        assert!(OWN_MESSAGES.contains(&name), "'{name}' in:\n{text}");
    }
    for reading in readings {
        assert_eq!(reading.messages, first, "in:\n{text}");
        let is_waiting = reading.is_waiting;
        assert!(!is_waiting, "a message is begun at the end of:\n{text}");
    }
}

/// Fails when the text contains a secret that this server ever issued: as it is, in small letters,
/// reversed, without its prefix, or in base64. (Percent-encoding leaves keys and tokens as they are.)
#[track_caller]
pub fn assert_no_secret(octopus: &Octopus, text: &str) {
    for secret in octopus.every_secret() {
        let reversed: String = secret.chars().rev().collect();
        let encoded = BASE64_STANDARD.encode(&secret);
        for writing in [
            secret.trim_start_matches("API-"),
            &secret.to_lowercase(),
            &reversed,
            encoded.trim_end_matches('='),
        ] {
            assert!(!text.contains(writing), "a secret is shown in:\n{text}");
        }
    }
}

/// All but the lines that pass the key on: the service messages `mask` and `setVariable ApiKey`, and
/// the results of `--output json` and `--output text`.
fn log_lines(text: &str) -> String {
    let passes_key = |line: &str| {
        let is_key_alone = line.starts_with("API-") && !line.contains(' ');
        let is_message = service_message::parse(line).is_some_and(|message| {
            message.name == "mask"
                || (message.name == "setVariable" && message.get("name") == Some("ApiKey"))
        });
        is_key_alone || is_message || (line.starts_with('{') && line.contains("\"ApiKey\":"))
    };
    let lines: Vec<_> = text.lines().filter(|line| !passes_key(line)).collect();
    lines.join("\n")
}
