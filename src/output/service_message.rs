//! Octopus's service messages: lines on standard output that the worker acts on.
//!
//! The worker reads a message as an XML element and decodes the value of *every* attribute from
//! base64; a message with any other value is ignored. `sensitive='True'` in clear text would
//! therefore store the key in plain text. (OctopusDeploy/Calamari, `ServiceMessageParser`.)

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::zeroize::Zeroizing;

/// A line of the log at `level`, after which the level is the usual one again.
pub fn at_level(level: &str, line: &str) -> String {
    format!("##octopus[{level}]\n{line}\n##octopus[stdout-default]\n")
}

/// Asks the worker to mask `value` in the log from here on.
pub fn mask(value: &str) -> Zeroizing<String> {
    message("mask", &[("value", value)])
}

/// Makes `value` an output variable of the step, in plain text.
pub fn set_variable(name: &str, value: &str) -> Zeroizing<String> {
    message("setVariable", &[("name", name), ("value", value)])
}

/// Makes `value` a sensitive output variable of the step: encrypted where it is stored.
pub fn set_sensitive_variable(name: &str, value: &str) -> Zeroizing<String> {
    message(
        "setVariable",
        &[("name", name), ("value", value), ("sensitive", "True")],
    )
}

/// What the step's overview shows in place of "The remote script failed with exit code 1".
pub fn result_message(text: &str) -> Zeroizing<String> {
    message("resultMessage", &[("message", text)])
}

/// Attaches a file of this many bytes to the task.
pub fn create_artifact(path: &str, name: &str, length: usize) -> Zeroizing<String> {
    let length = length.to_string();
    message(
        "createArtifact",
        &[("path", path), ("name", name), ("length", &length)],
    )
}

/// How far the step is.
pub fn progress(percentage: usize, text: &str) -> Zeroizing<String> {
    message(
        "progress",
        &[("percentage", &percentage.to_string()), ("message", text)],
    )
}

/// Any value may be a key's, so every copy is zeroed when it has been written.
fn message(name: &str, attributes: &[(&str, &str)]) -> Zeroizing<String> {
    let encoded = |value: &str| Zeroizing::new(BASE64_STANDARD.encode(value));
    // One allocation, since a growing string leaves unzeroed copies behind.
    let length: usize = attributes
        .iter()
        .map(|(name, value)| name.len() + value.len().div_ceil(3) * 4 + 4)
        .sum();
    let mut line = Zeroizing::new(String::with_capacity(length + name.len() + 16));
    line.push_str("##octopus[");
    line.push_str(name);
    for (name, value) in attributes {
        for part in [" ", name, "='", &encoded(value), "'"] {
            line.push_str(part);
        }
    }
    line.push_str("]\n");
    line
}

#[cfg(test)]
mod tests {
    use octopus_sim::worker::service_message::parse;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_value_is_base64_the_true_of_sensitive_too() {
        let line = set_sensitive_variable("ApiKey", "API-1");
        assert_eq!(
            *line,
            "##octopus[setVariable name='QXBpS2V5' value='QVBJLTE=' sensitive='VHJ1ZQ==']\n"
        );
    }

    proptest! {
        #[test]
        fn the_worker_reads_every_value_as_it_was_written(name in any::<String>(), value in any::<String>()) {
            let line = set_sensitive_variable(&name, &value);
            prop_assert_eq!(line.lines().count(), 1);
            let message = parse(line.trim_end()).expect("a message");
            prop_assert_eq!(message.get("name"), Some(name.as_str()));
            prop_assert_eq!(message.get("value"), Some(value.as_str()));
            prop_assert_eq!(message.get("sensitive"), Some("True"));
        }
    }
}
