//! The log of an Octopus step: service messages and lines on standard output.

use std::io;
use std::path::Path;

use octopus::Secret;
use secrecy::zeroize::Zeroizing;

use super::reporter::{Level, Output, Reporter};
use super::{Failure, service_message as message, stream};

/// Writes for an Octopus worker.
#[derive(Debug)]
pub struct OctopusLog;

impl Reporter for OctopusLog {
    fn log(&self, level: Level, line: &str) {
        let level = match level {
            Level::Verbose => "stdout-verbose",
            Level::Wait => "stdout-wait",
            Level::Highlight => "stdout-highlight",
            Level::Warning => "stdout-warning",
            Level::Info => return write(&format!("{line}\n")),
        };
        write(&message::at_level(level, line));
    }

    fn progress(&self, percentage: usize, line: &str) {
        write(&message::progress(percentage, line));
    }

    fn announce(&self, outputs: &[Output<'_>]) -> io::Result<()> {
        stream::out(&encoded(&set_variables(outputs)))
    }

    fn mask(&self, key: &Secret) -> io::Result<()> {
        let mask = mask_on_standard_error(key)?;
        stream::out(&encoded(&mask))
    }

    fn pass_key(
        &self,
        key: &Secret,
        _announced: &[Output<'_>],
        further: &[Output<'_>],
    ) -> io::Result<()> {
        let mask = mask_on_standard_error(key)?;
        let variable = message::set_sensitive_variable("ApiKey", key.expose());
        // `concat` allocates once, so no copy that is not zeroed is left behind.
        let messages = [
            mask.as_str(),
            variable.as_str(),
            set_variables(further).as_str(),
        ]
        .concat();
        stream::out(&encoded(&Zeroizing::new(messages)))
    }

    /// Nothing: from here on the log is the command's, and what ended is logged after it.
    fn before_command(&self, _line: &str) {}

    fn artifact(&self, path: &Path, name: &str, length: usize) {
        write(&message::create_artifact(
            &path.to_string_lossy(),
            name,
            length,
        ));
    }

    fn end_line_of_command(&self) {
        write("\n");
    }

    fn failure(&self, failure: &Failure) {
        write(&message::result_message(&failure.result_message()));
        let _ = stream::err(&encoded(&failure.in_lines()));
    }
}

fn write(text: &str) {
    let _ = stream::out(&encoded(text));
}

fn set_variables(outputs: &[Output<'_>]) -> Zeroizing<String> {
    let messages: Vec<_> = outputs
        .iter()
        .map(|output| message::set_variable(output.name, output.value))
        .collect();
    Zeroizing::new(messages.iter().map(|message| message.as_str()).collect())
}

/// The worker reads the two streams in a race, so both are told to mask the key
/// (OctopusDeploy/Calamari); gives what standard output is to be told. A closed standard error has no
/// reader; one that is full may have.
fn mask_on_standard_error(key: &Secret) -> io::Result<Zeroizing<String>> {
    let mask = message::mask(key.expose());
    match stream::err(&encoded(&mask)) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
            ) =>
        {
            Err(error)
        }
        _ => Ok(mask),
    }
}

/// The text as a Windows worker reads it.
#[cfg(windows)]
fn encoded(text: &str) -> std::borrow::Cow<'_, [u8]> {
    super::code_page::encode(text)
}

/// The text as the worker reads it: UTF-8.
#[cfg(not(windows))]
fn encoded(text: &str) -> std::borrow::Cow<'_, [u8]> {
    std::borrow::Cow::Borrowed(text.as_bytes())
}
