//! What an output format does with log lines, results and the key.

use std::io;
use std::path::Path;
use std::time::Duration;

use octopus::Secret;
use serde_json::Value;

use super::Failure;

/// How much a log line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A detail, for finding a cause.
    Verbose,
    /// A step of the work.
    Info,
    /// Why nothing happens for a while.
    Wait,
    /// An outcome, shown on the task's summary too.
    Highlight,
    /// A problem that does not end the step.
    Warning,
}

/// An output variable of the step; in JSON, a member of the object.
#[derive(Debug, Clone, Copy)]
pub struct Output<'a> {
    pub name: &'static str,
    pub value: &'a str,
}

impl<'a> Output<'a> {
    pub fn new(name: &'static str, value: &'a str) -> Self {
        Self { name, value }
    }
}

/// An output format. A log that cannot be written must not keep a key from being revoked, so only
/// what passes a key on gives errors. What a format has no place for, it leaves out.
pub trait Reporter {
    /// Writes a log line.
    fn log(&self, level: Level, line: &str);

    /// Says how far a long task is.
    fn progress(&self, percentage: usize, line: &str);

    /// Shows a person how long a wait still takes; called every 50 ms, the last time without any left.
    fn countdown(&self, _left: Duration) {}

    /// Passes on what is known before the key is created.
    ///
    /// # Errors
    /// When it could not be written.
    fn announce(&self, _outputs: &[Output<'_>]) -> io::Result<()> {
        Ok(())
    }

    /// Has the log mask the key from here on, before a command uses it.
    ///
    /// # Errors
    /// When the log could not be told.
    fn mask(&self, _key: &Secret) -> io::Result<()> {
        Ok(())
    }

    /// Passes the key on, with all outputs: those that were announced, and further ones.
    ///
    /// # Errors
    /// When it could not be written whole.
    fn pass_key(
        &self,
        key: &Secret,
        announced: &[Output<'_>],
        further: &[Output<'_>],
    ) -> io::Result<()>;

    /// Says what there is to know before a command starts.
    fn before_command(&self, line: &str) {
        self.highlight(line);
    }

    /// Attaches a file of this many bytes to the task.
    fn artifact(&self, _path: &Path, _name: &str, _length: usize) {}

    /// Gives the result to a program that reads JSON.
    fn result(&self, _value: &Value) {}

    /// Ends a line that the command may have left open: a service message must begin its own.
    fn end_line_of_command(&self) {}

    /// Says why the step failed.
    fn failure(&self, failure: &Failure);

    /// Writes a verbose line.
    fn verbose(&self, line: &str) {
        self.log(Level::Verbose, line);
    }

    /// Writes an ordinary line.
    fn info(&self, line: &str) {
        self.log(Level::Info, line);
    }

    /// Writes why nothing happens for a while.
    fn wait(&self, line: &str) {
        self.log(Level::Wait, line);
    }

    /// Writes an outcome.
    fn highlight(&self, line: &str) {
        self.log(Level::Highlight, line);
    }

    /// Writes a warning.
    fn warning(&self, line: &str) {
        self.log(Level::Warning, line);
    }
}
