//! Tasks: the runs of runbooks, and whatever else a server does in the background.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::TaskState;
use crate::server::clock::iso;
use crate::server::state::State;
use crate::server::state::kinds::Kind;

/// A task as the server holds it.
#[derive(Clone, Debug)]
pub struct Task {
    /// Such as `ServerTasks-12`.
    pub id: String,
    /// `RunbookRun`, `Deploy`, or what the system does.
    pub name: String,
    /// What it is about: `RunbookRunId` or `DeploymentId`.
    pub arguments: Value,
    /// The API key that it was started with.
    pub key_id: Option<String>,
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
            "Name": self.name,
            "Description": self.name,
            "Arguments": self.arguments,
            "State": self.state.to_string(),
            "QueueTime": iso(self.queued),
            "StartTime": self.started.map(iso),
            "CompletedTime": self.completed.map(iso),
            "IsCompleted": self.state.is_over(),
            "FinishedSuccessfully": self.state == TaskState::Success,
            "HasPendingInterruptions": self.waits_for_person,
            "PendingInterruptionTypes": if self.waits_for_person { vec!["ManualIntervention"] } else { vec![] },
        })
    }
}

/// What a task runs, with a document of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunKind {
    /// A runbook.
    RunbookRun,
    /// A deployment.
    Deployment,
}

impl State {
    /// Queues a run that an account starts, perhaps with a key; gives the IDs of task and run.
    #[expect(clippy::too_many_arguments, reason = "all that makes a run")]
    pub(crate) fn start_run(
        &mut self,
        kind: RunKind,
        space: &str,
        task: Option<&str>,
        account: &str,
        key: Option<&str>,
        mut fields: Value,
        now: Timestamp,
    ) -> (String, String) {
        let (path, name, argument) = match kind {
            RunKind::RunbookRun => ("runbookruns", "RunbookRun", "RunbookRunId"),
            RunKind::Deployment => ("deployments", "Deploy", "DeploymentId"),
        };
        let task = task.map_or_else(|| self.tasks.next_id(), str::to_owned);
        fields["TaskId"] = json!(task);
        fields["DeployedById"] = json!(account);
        fields["DeployedBy"] = json!(self.people.username(account));
        fields["Created"] = json!(iso(now));
        if let Some(process) = self.documents.freeze_process(space, &fields["RunbookId"]) {
            fields["FrozenRunbookProcessId"] = json!(process);
        }
        let run = self
            .documents
            .add(Kind::named(path), space, fields)
            .id
            .clone();
        self.tasks.put(Task {
            id: task.clone(),
            name: name.to_owned(),
            arguments: json!({ argument: run }),
            key_id: key.map(str::to_owned),
            space: Some(space.to_owned()),
            state: TaskState::Queued,
            waits_for_person: false,
            queued: now,
            started: None,
            completed: None,
        });
        (task, run)
    }
}

/// All tasks, oldest first.
#[derive(Default)]
pub(crate) struct TaskList {
    pub(crate) all: Vec<Task>,
}

impl TaskList {
    /// The ID of the next task. The numbers of tasks that a restored backup lacks are given again.
    pub(crate) fn next_id(&self) -> String {
        let numbers = self.all.iter().map(|task| number(&task.id));
        format!("ServerTasks-{}", numbers.max().unwrap_or(0) + 1)
    }

    /// Keeps a task, instead of one with that id.
    pub(crate) fn put(&mut self, task: Task) {
        self.all.retain(|known| known.id != task.id);
        self.all.push(task);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Task> {
        self.all
            .iter()
            .find(|task| task.id.eq_ignore_ascii_case(id))
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Task> {
        self.all.iter_mut().find(|task| task.id == id)
    }
}

fn number(id: &str) -> u64 {
    let number = id.strip_prefix("ServerTasks-");
    number.and_then(|text| text.parse().ok()).unwrap_or(0)
}
