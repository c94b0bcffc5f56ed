//! The states of a run, by the names that the server has for them.

use std::fmt;

/// How far a run is, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// A step is running, or waits for a person.
    Executing,
    /// It was cancelled, and its step is being killed.
    Cancelling,
    /// Every step that ran succeeded.
    Success,
    /// A step failed.
    Failed,
    /// It was cancelled where it was.
    Canceled,
    /// A step ran out of its time.
    TimedOut,
}

impl TaskState {
    /// Whether the run has ended.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Executing | Self::Cancelling)
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The names of the variants are the server's.
        fmt::Debug::fmt(self, formatter)
    }
}
