//! Why a key is revoked by a cleanup, or skipped.

use std::fmt;

use octopus::Outcome;

/// Why a key is revoked or skipped. `Display` follows a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Every run key is to be revoked.
    All,
    /// It expired.
    Expired,
    /// Its run is finished.
    Finished(Outcome),
    /// runkey authenticates with it.
    Own,
    /// Its run is in progress.
    InProgress,
    /// Its run ID names no task.
    NoTask,
    /// Its task is not found, or was deleted by retention.
    TaskNotFound,
    /// Its task cannot be read for lack of a permission.
    TasksNotReadable,
    /// It was not created while its task ran, or one of the times is not known.
    OtherTime,
}

impl Reason {
    /// The reasons for skipping a key.
    pub const SKIPPED: [Self; 6] = [
        Self::Own,
        Self::InProgress,
        Self::NoTask,
        Self::TaskNotFound,
        Self::TasksNotReadable,
        Self::OtherTime,
    ];

    /// Whether the key is to be revoked.
    pub fn is_chosen(self) -> bool {
        matches!(self, Self::All | Self::Expired | Self::Finished(_))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::All => "all run keys are to be revoked",
            Self::Expired => "it expired",
            Self::Finished(outcome) => return write!(f, "its run {outcome}"),
            Self::Own => "runkey authenticates with it",
            Self::InProgress => "the run is in progress",
            Self::NoTask => "the run ID names no task; the key is valid until it expires",
            Self::TaskNotFound => "the task was not found; the key is valid until it expires",
            Self::TasksNotReadable => "the task is not readable; the key is valid until it expires",
            Self::OtherTime => {
                "it was not created while the task ran; the key is valid until it expires"
            }
        })
    }
}
