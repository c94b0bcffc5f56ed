//! What a run of the program gave.

use std::process::Output;

use octopus_sim::worker::service_message::{self, Dialect, Reader, ServiceMessage};

/// What a run of the program gave.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code; `None` when a signal ended the program.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    pub fn new(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout.clone()).expect("standard output is UTF-8"),
            stderr: String::from_utf8(output.stderr.clone()).expect("standard error is UTF-8"),
        }
    }

    /// Fails unless the program ended so.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Fails unless a line of either stream holds this text.
    #[track_caller]
    pub fn expect_text(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text) || self.stderr.contains(text),
            "no '{text}' in {self:#?}"
        );
        self
    }

    /// The service messages on standard output that Octopus would heed, in order, levels left out.
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

    /// The lines of the log at this level, such as `stdout-highlight`.
    pub fn at_level(&self, level: &str) -> Vec<&str> {
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
}
