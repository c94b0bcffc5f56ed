//! No run may show a secret, in any spelling, outside the messages that hand the key over; nor may
//! it be read in two ways.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use octopus_sim::Octopus;
use octopus_sim::worker::service_message::{self, Reader};

use super::Outcome;

/// Fails when the run shows a secret, a panic or a place in the source, or when Octopus's parsers
/// differ over what it printed.
#[track_caller]
pub fn assert_clean(octopus: &Octopus, outcome: &Outcome) {
    assert_read_alike(&outcome.stdout);
    assert_read_alike(&outcome.stderr);
    assert_no_secret(octopus, &log_lines(&outcome.stdout));
    assert_no_secret(octopus, &log_lines(&outcome.stderr));
    for sign in [
        "panicked",
        "a mistake in itself",
        "RUST_BACKTRACE",
        ".rs:",
        "stack backtrace",
    ] {
        assert!(!outcome.stderr.contains(sign), "'{sign}' in {outcome:#?}");
    }
}

/// Fails unless every parser, in every culture, reads the same orders and waits for nothing.
#[track_caller]
fn assert_read_alike(text: &str) {
    let mut readings = Reader::every().map(|reader| reader.read(text));
    let first = readings.next().expect("there is a parser").messages;
    for reading in readings {
        assert_eq!(reading.messages, first, "in:\n{text}");
        assert!(
            !reading.is_waiting,
            "a message is begun at the end of:\n{text}"
        );
    }
}

/// Fails when the text holds a secret that this server ever made or held: in clear text, in base64,
/// URL-encoded (which leaves keys as they are) or reversed.
#[track_caller]
pub fn assert_no_secret(octopus: &Octopus, text: &str) {
    for secret in octopus.every_secret() {
        let reversed: String = secret.chars().rev().collect();
        let encoded = BASE64_STANDARD.encode(&secret);
        for spelling in [secret.as_str(), &reversed, encoded.trim_end_matches('=')] {
            assert!(!text.contains(spelling), "a secret shows in:\n{text}");
        }
    }
}

/// All but the lines that hand the key over on purpose: the service messages `mask` and
/// `setVariable ApiKey`, and the results of `--output json` and `--output text`.
fn log_lines(text: &str) -> String {
    let hands_over = |line: &str| {
        let key_alone = line.starts_with("API-") && !line.contains(' ');
        let message = service_message::parse(line).is_some_and(|message| {
            message.name == "mask"
                || (message.name == "setVariable" && message.get("name") == Some("ApiKey"))
        });
        key_alone || message || line.starts_with("{\"ApiKey\":")
    };
    text.lines()
        .filter(|line| !hands_over(line))
        .collect::<Vec<_>>()
        .join("\n")
}
