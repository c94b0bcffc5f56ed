//! A whole run as text, for an inline snapshot: exit code, both streams, requests.

use std::fmt::Write as _;

use octopus_sim::Octopus;
use octopus_sim::worker::service_message::{self, ServiceMessage};

use super::Outcome;
use super::server::requests;

/// The run, with what changes from run to run replaced: the server's URL, secrets, IDs of keys, times.
/// Service messages are decoded.
pub fn transcript(octopus: &Octopus, outcome: &Outcome) -> String {
    let mut text = format!("exit code {}\n", outcome.code);
    for (name, stream) in [("stdout", &outcome.stdout), ("stderr", &outcome.stderr)] {
        if !stream.is_empty() {
            writeln!(text, "--- {name}").unwrap();
            for line in stream.lines() {
                writeln!(text, "{}", decoded(line)).unwrap();
            }
        }
    }
    writeln!(text, "--- requests").unwrap();
    for request in requests(octopus) {
        writeln!(text, "{request}").unwrap();
    }
    masked(octopus, &text)
}

fn decoded(line: &str) -> String {
    service_message::parse(line).map_or_else(|| line.to_owned(), |message| shown(&message))
}

fn shown(message: &ServiceMessage) -> String {
    let mut text = format!("[{}", message.name);
    for (name, value) in &message.attributes {
        write!(text, " {name}='{value}'").unwrap();
    }
    text + "]"
}

/// The text, with what changes from run to run replaced.
pub fn masked(octopus: &Octopus, text: &str) -> String {
    let address = octopus.url().split("://").nth(1).unwrap_or_default();
    let host = address.split('/').next().unwrap_or_default();
    let mut text = text.replace(host, "octopus.test");
    for secret in octopus.every_secret() {
        text = text.replace(&secret, "API-SECRET");
    }
    text = without_ages(&without_waits(&without_milliseconds(&text)));
    let words = text.split_inclusive(|c: char| " '\"&,()\n".contains(c));
    words.map(masked_word).collect()
}

/// Replaces how long requests took: ` (3 ms)`.
fn without_milliseconds(text: &str) -> String {
    let is_duration = |line: &str| line.ends_with(" ms)");
    let lines = text.lines().map(|line| match line.rsplit_once(" (") {
        Some((begin, _)) if is_duration(line) => format!("{begin} (N ms)\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

/// Replaces how long a retry waits.
fn without_waits(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| match line.split_once(". Retrying in ") {
            Some((begin, _)) => format!("{begin}. Retrying in WAIT; giving up in TIME.\n"),
            None => format!("{line}\n"),
        });
    lines.collect()
}

/// Replaces how long ago a key was created.
fn without_ages(text: &str) -> String {
    let mut parts = text.split("created ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.split_once(" ago, ") {
        Some((_, rest)) => format!("{text}created AGE ago, {rest}"),
        None => format!("{text}created {part}"),
    })
}

/// Replaces a time, also in a query, the number of a key, and the random digits of a run ID.
fn masked_word(word: &str) -> String {
    let bare = word.trim_end_matches(|c: char| " '\"&,()\n.;:".contains(c));
    let end = &word[bare.len()..];
    if bare.parse::<jiff::Timestamp>().is_ok() {
        return format!("TIME{end}");
    }
    if bare.starts_with("from=") {
        return format!("from=TIME{end}");
    }
    if let Some((begin, _)) = bare.split_once("pikeys-") {
        return format!("{begin}pikeys-N{end}");
    }
    if let Some((begin, digits)) = bare.split_once("preflight-") {
        let rest = digits.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        return format!("{begin}preflight-DIGITS{rest}{end}");
    }
    if let Some((run, digits)) = bare.split_once('~') {
        let rest = digits.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        return format!("{run}~DIGITS{rest}{end}");
    }
    word.to_owned()
}
