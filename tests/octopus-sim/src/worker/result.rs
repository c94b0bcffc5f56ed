//! What came of a step.

use std::collections::BTreeMap;

use super::log::{Level, LogLine, Stream};
use super::service_message::{Reader, Reading};
use super::variables::Variable;

/// A file that the script attached to the task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The name it is shown by.
    pub name: String,
    /// What was in the file when the script ended.
    pub content: Vec<u8>,
}

/// How far the script said it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// From 0 to 100, as the script wrote it.
    pub percentage: String,
    /// What it was doing.
    pub message: String,
}

/// What came of one step.
#[derive(Clone, Debug, Default)]
pub struct StepResult {
    /// The script's exit code, which is 128 and the signal's number when one ended it; `None` when
    /// the run was canceled meanwhile.
    pub exit_code: Option<i32>,
    /// What the script gave as the reason of its result.
    pub result_message: Option<String>,
    /// The output variables by name.
    pub outputs: BTreeMap<String, Variable>,
    /// The log, in the order in which the lines came in.
    pub log: Vec<LogLine>,
    /// The attached files.
    pub artifacts: Vec<Artifact>,
    /// The steps of progress.
    pub progress: Vec<Progress>,
    /// The values that `mask` messages asked to hide.
    pub masks: Vec<String>,
    /// All of standard output, unmasked.
    pub raw_stdout: String,
    /// All of standard error, unmasked.
    pub raw_stderr: String,
}

impl StepResult {
    /// Whether the script exited with zero.
    pub fn success(&self) -> bool {
        self.exit_code == Some(0)
    }

    /// The value of an output variable, sensitive or not.
    pub fn output(&self, name: &str) -> Option<&str> {
        self.outputs
            .get(name)
            .map(|variable| variable.value.as_str())
    }

    /// What each of Octopus's parsers understood of what the script wrote on `stream`, in the order of
    /// [`Reader::every`]. All else that is said here is what the first of them understood.
    pub fn readings(&self, stream: Stream) -> Vec<Reading> {
        let raw = match stream {
            Stream::Stdout => &self.raw_stdout,
            Stream::Stderr => &self.raw_stderr,
        };
        Reader::every().map(|reader| reader.read(raw)).collect()
    }

    /// The texts of the log lines of one level.
    pub fn lines(&self, level: Level) -> Vec<&str> {
        let lines = self.log.iter().filter(|line| line.level == level);
        lines.map(|line| line.text.as_str()).collect()
    }
}
