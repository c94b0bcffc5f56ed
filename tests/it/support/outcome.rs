//! What a run of the program gave.

use std::path::PathBuf;
use std::process::Output;

use octopus_sim::worker::service_message::{self, Dialect, Reader, ServiceMessage};
use serde_json::Value;
use tempfile::TempDir;

/// What a run of the program gave.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code; of a program that a signal ended, the one that a shell would give.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    folder: TempDir,
}

impl Outcome {
    pub fn new(output: &Output, folder: TempDir) -> Self {
        #[cfg(unix)]
        let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
        #[cfg(not(unix))]
        let signal: Option<i32> = None;
        let code = output.status.code().or(signal.map(|signal| 128 + signal));
        Self {
            code: code.expect("an exit code or a signal"),
            stdout: String::from_utf8(output.stdout.clone()).expect("standard output is UTF-8"),
            stderr: String::from_utf8(output.stderr.clone()).expect("standard error is UTF-8"),
            folder,
        }
    }

    /// Fails unless the program ended so.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Fails unless either stream contains this text.
    #[track_caller]
    pub fn expect_text(self, text: &str) -> Self {
        assert!(self.has(text), "no '{text}' in {self:#?}");
        self
    }

    /// Whether either stream contains this text.
    pub fn has(&self, text: &str) -> bool {
        self.stdout.contains(text) || self.stderr.contains(text)
    }

    /// The first line of the error, without its label; empty if there is none.
    pub fn error(&self) -> &str {
        let mut lines = self.stderr.lines();
        lines
            .find_map(|line| line.strip_prefix("Error: "))
            .unwrap_or_default()
    }

    /// The error, without the key that may be active, which a failed revocation names.
    pub fn cause(&self) -> String {
        match self.error().split_once("; a key of run ") {
            Some((cause, _)) => format!("{cause}."),
            None => self.error().to_owned(),
        }
    }

    /// Fails unless the program ended so, with this first line.
    #[track_caller]
    pub fn expect_error(self, code: i32, error: &str) -> Self {
        assert_eq!((self.code, self.error()), (code, error), "{self:#?}");
        self
    }

    /// The service messages on standard output, in order, levels left out.
    pub fn messages(&self) -> Vec<ServiceMessage> {
        let read = Reader::new(Dialect::Common).read(&self.stdout);
        let messages = read.messages.into_iter();
        messages
            .filter(|message| !message.name.starts_with("std"))
            .collect()
    }

    /// The value of an output variable.
    pub fn variable(&self, name: &str) -> Option<String> {
        let messages = self.messages();
        let variable = messages
            .iter()
            .find(|message| message.name == "setVariable" && message.get("name") == Some(name));
        variable.and_then(|message| message.get("value").map(str::to_owned))
    }

    /// The lines of the log at this level, such as `highlight`.
    pub fn at_level(&self, level: &str) -> Vec<&str> {
        let level = format!("stdout-{level}");
        let mut present = "stdout-default".to_owned();
        let mut lines = Vec::new();
        for line in self.stdout.lines() {
            match service_message::parse(line) {
                Some(message) if message.name.starts_with("stdout-") => present = message.name,
                None if present == level => lines.push(line),
                Some(_) | None => {}
            }
        }
        lines
    }

    /// What the step's overview would show.
    pub fn result_message(&self) -> Option<String> {
        let messages = self.messages();
        let message = messages
            .iter()
            .find(|message| message.name == "resultMessage");
        message.and_then(|message| message.get("message").map(str::to_owned))
    }

    /// The one JSON object on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in the JSON of {self:#?}"))
    }

    /// A file in the folder that the program ran in.
    #[track_caller]
    pub fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name))
            .unwrap_or_else(|error| panic!("{name}: {error} in {self:#?}"))
    }

    /// Whether there is such a file.
    pub fn has_file(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Where such a file is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
