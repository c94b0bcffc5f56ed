//! The states of a task, by the names that the server has for them.

use std::fmt;

/// What a task is doing, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Waits for a worker.
    Queued,
    /// Known to the official CLI only.
    Pending,
    /// Runs; also while it waits for a person.
    Executing,
    /// Is being stopped.
    Cancelling,
    /// Ended well.
    Success,
    /// Ended badly.
    Failed,
    /// Was canceled by a person, or superseded by a newer run.
    Canceled,
    /// Took longer than it may.
    TimedOut,
}

impl TaskState {
    /// Whether nothing more happens to such a task.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Success | Self::Failed | Self::Canceled | Self::TimedOut
        )
    }
}

/// As the REST API writes it.
impl fmt::Display for TaskState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}
