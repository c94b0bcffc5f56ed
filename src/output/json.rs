//! One JSON object on standard output, whatever the outcome; everything else on standard error.

use std::fmt::Write as _;
use std::io;

use octopus::{Secret, escape_json};
use secrecy::zeroize::Zeroizing;
use serde_json::{Value, json};

use super::reporter::{Level, Output, Reporter};
use super::text::Text;
use super::{Failure, Verbosity, stream};

/// Writes for a program.
#[derive(Debug)]
pub struct Json {
    log: Text,
    /// Standard output is a command's.
    has_command: bool,
}

impl Json {
    pub fn new(verbosity: Verbosity, has_command: bool) -> Self {
        Self {
            log: Text::new(verbosity),
            has_command,
        }
    }

    fn write(&self, json: &str) -> io::Result<()> {
        let line = Zeroizing::new(format!("{json}\n"));
        if self.has_command {
            stream::err(line.as_bytes())
        } else {
            stream::out(line.as_bytes())
        }
    }
}

impl Reporter for Json {
    fn log(&self, level: Level, line: &str) {
        self.log.log(level, line);
    }

    fn progress(&self, percentage: usize, line: &str) {
        self.log.progress(percentage, line);
    }

    /// The object is written by hand: a map of `serde_json` would leave a copy of the key behind.
    fn pass_key(
        &self,
        key: &Secret,
        announced: &[Output<'_>],
        further: &[Output<'_>],
    ) -> io::Result<()> {
        let mut json = Zeroizing::new(String::with_capacity(4096));
        // Writing to a string cannot fail.
        let _ = write!(json, "{{\"ApiKey\":{}", Value::from(key.expose()));
        for output in announced.iter().chain(further) {
            let value = Value::from(output.value).to_string();
            let _ = write!(json, ",\"{}\":{}", output.name, escape_json(&value));
        }
        json.push('}');
        self.write(&json)
    }

    fn result(&self, value: &Value) {
        // Whether anything reads it changes nothing about the keys.
        let _ = self.write(&escape_json(&value.to_string()));
    }

    fn failure(&self, failure: &Failure) {
        self.log.failure(failure);
        let mut value = failure.result().cloned().unwrap_or_else(|| json!({}));
        value["Error"] = failure.to_json();
        self.result(&value);
    }
}
