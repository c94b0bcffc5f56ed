//! Plain text for a person, on standard error; `create` prints the key alone on standard output.

use std::cell::Cell;
use std::io::{self, IsTerminal};
use std::time::Duration;

use octopus::Secret;
use secrecy::zeroize::Zeroizing;

use super::reporter::{Level, Output, Reporter};
use super::{Failure, Verbosity, stream};

/// Goes to the beginning of the terminal's line and erases it.
const CLEAR_LINE: &str = "\r\u{1b}[K";

/// Writes for a person.
#[derive(Debug)]
pub struct Text {
    verbosity: Verbosity,
    is_terminal: bool,
    /// What the countdown shows.
    seconds: Cell<u64>,
}

impl Text {
    pub fn new(verbosity: Verbosity) -> Self {
        Self {
            verbosity,
            is_terminal: io::stderr().is_terminal(),
            seconds: Cell::default(),
        }
    }

    fn write(line: &str) {
        let _ = stream::err(format!("{line}\n").as_bytes());
    }
}

impl Reporter for Text {
    fn log(&self, level: Level, line: &str) {
        let least = match self.verbosity {
            Verbosity::Quiet => Level::Warning,
            Verbosity::Normal => Level::Info,
            Verbosity::Verbose => Level::Verbose,
        };
        if level < least {
            return;
        }
        match level {
            Level::Warning => Self::write(&format!("{}: {line}", super::failure::label("Warning"))),
            _ => Self::write(line),
        }
    }

    fn progress(&self, percentage: usize, line: &str) {
        if self.is_terminal {
            self.info(&format!("{percentage} %: {line}"));
        } else {
            self.verbose(line);
        }
    }

    fn countdown(&self, left: Duration) {
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        let shown = self.seconds.replace(seconds);
        if !self.is_terminal || self.verbosity == Verbosity::Quiet || seconds == shown {
            return;
        }
        let line = match seconds {
            0 => CLEAR_LINE.to_owned(),
            seconds => format!("{CLEAR_LINE}Waiting: {seconds}s"),
        };
        let _ = stream::err(line.as_bytes());
    }

    fn pass_key(
        &self,
        key: &Secret,
        _announced: &[Output<'_>],
        _further: &[Output<'_>],
    ) -> io::Result<()> {
        stream::out(Zeroizing::new(format!("{}\n", key.expose())).as_bytes())
    }

    fn failure(&self, failure: &Failure) {
        let _ = stream::err(failure.in_lines().as_bytes());
    }
}
