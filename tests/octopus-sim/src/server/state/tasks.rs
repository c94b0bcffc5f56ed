//! Tasks: the runs of runbooks, and whatever else a server does in the background.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::server::clock::iso;

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
    /// Was cancelled by a person, or superseded by a newer run.
    Canceled,
    /// Took longer than it may.
    TimedOut,
}

impl TaskState {
    /// Whether nothing more happens to such a task.
    #[must_use]
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

/// A task as the server holds it.
#[derive(Clone, Debug)]
pub struct Task {
    /// Such as `ServerTasks-12`.
    pub id: String,
    /// The space it belongs to; `None` for the system's own.
    pub space: Option<String>,
    /// What it is doing.
    pub state: TaskState,
    /// Whether it stands still until a person answers.
    pub waits_for_person: bool,
    /// When it was made, by the server's clock.
    pub queued: Timestamp,
    /// When it began to run.
    pub started: Option<Timestamp>,
    /// When it was over.
    pub completed: Option<Timestamp>,
}

impl Task {
    /// As the REST API shows it.
    pub(crate) fn shown(&self) -> Value {
        json!({
            "Id": self.id,
            "SpaceId": self.space,
            "Name": "RunbookRun",
            "Description": "Run a runbook",
            "State": self.state.to_string(),
            "QueueTime": iso(self.queued),
            "StartTime": self.started.map(iso),
            "CompletedTime": self.completed.map(iso),
            "IsCompleted": self.state.is_over(),
            "FinishedSuccessfully": self.state == TaskState::Success,
            "HasPendingInterruptions": self.waits_for_person,
        })
    }
}

/// All tasks that retention left, oldest first.
#[derive(Default)]
pub(crate) struct TaskList {
    all: Vec<Task>,
    /// The highest number that was given.
    last_number: u64,
}

impl TaskList {
    /// Keeps a new task, under the next number unless it has an id.
    pub(crate) fn add(&mut self, id: Option<&str>, space: Option<&str>, now: Timestamp) -> String {
        let id = id.map_or_else(
            || format!("ServerTasks-{}", self.last_number + 1),
            str::to_owned,
        );
        self.put(Task {
            id: id.clone(),
            space: space.map(str::to_owned),
            state: TaskState::Queued,
            waits_for_person: false,
            queued: now,
            started: None,
            completed: None,
        });
        id
    }

    /// Keeps a task, instead of one with that id.
    pub(crate) fn put(&mut self, task: Task) {
        self.last_number = self.last_number.max(number(&task.id));
        self.all.retain(|known| known.id != task.id);
        self.all.push(task);
    }

    pub(crate) fn all(&self) -> &[Task] {
        &self.all
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Task> {
        self.all.iter().find(|task| task.id == id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Task> {
        self.all.iter_mut().find(|task| task.id == id)
    }

    pub(crate) fn retain(&mut self, keep: impl FnMut(&Task) -> bool) {
        self.all.retain(keep);
    }

    /// Gives the numbers above that of the newest task again.
    pub(crate) fn reuse_numbers(&mut self) {
        let numbers = self.all.iter().map(|task| number(&task.id));
        self.last_number = numbers.max().unwrap_or(0);
    }
}

fn number(id: &str) -> u64 {
    let number = id.strip_prefix("ServerTasks-");
    number.and_then(|text| text.parse().ok()).unwrap_or(0)
}
