//! What happens to the server's tasks, as a test brings it about.

use jiff::Timestamp;
use serde_json::json;

use crate::TaskState;
use crate::server::World;
use crate::server::state::documents::DEFAULT_SPACE;
use crate::server::state::kinds::Kind;
use crate::server::state::people::{ALICE, RUNBOOK_SVC};
use crate::server::state::tasks::{RunKind, Task};

/// The tasks of a running server, of [`World::tasks`].
///
/// Each method panics when what it tells of cannot happen: the end of a task that is over, or
/// of one that was never there.
#[derive(Clone, Copy)]
pub struct Tasks<'a>(pub(super) &'a World);

impl Tasks<'_> {
    /// Queues a runbook run in the default space, started by [`ALICE`], and gives its task ID.
    pub fn queue(&self) -> String {
        self.start_run(RunKind::RunbookRun, None, ALICE)
    }

    /// The same with this task ID.
    pub fn queue_as(&self, id: &str) {
        self.start_run(RunKind::RunbookRun, Some(id), ALICE);
    }

    /// Queues a run of this runbook's published snapshot in the default space, in its first
    /// environment, started by [`ALICE`], and gives its task ID; nothing if it has no snapshot.
    pub fn queue_runbook(&self, name: &str) -> Option<String> {
        let now = self.0.now();
        let mut state = self.0.state();
        let found = state
            .documents
            .find(Kind::named("runbooks"), DEFAULT_SPACE, name)?;
        let environment = state
            .documents
            .all(Kind::named("environments"), DEFAULT_SPACE)
            .next()?;
        let fields = json!({
            "Name": format!("Run of {name}"),
            "ProjectId": found.text("ProjectId"),
            "RunbookId": found.id,
            "RunbookSnapshotId": found.fields["PublishedRunbookSnapshotId"].as_str()?,
            "EnvironmentId": environment.id,
        });
        let kind = RunKind::RunbookRun;
        Some(
            state
                .start_run(kind, DEFAULT_SPACE, None, ALICE, None, fields, now)
                .0,
        )
    }

    /// The names of the runbooks of the default space that [`queue_runbook`](Self::queue_runbook) can
    /// queue: those with a published snapshot.
    pub fn published_runbooks(&self) -> Vec<String> {
        let runbooks = self.0.documents(DEFAULT_SPACE, "runbooks").into_iter();
        let published =
            runbooks.filter(|runbook| runbook["PublishedRunbookSnapshotId"].is_string());
        let names = published.filter_map(|runbook| Some(runbook["Name"].as_str()?.to_owned()));
        names.collect()
    }

    /// Queues a deployment in the default space that an account starts, and gives its task ID.
    pub fn queue_deployment(&self, account: &str) -> String {
        self.start_run(RunKind::Deployment, None, account)
    }

    /// Says who started a runbook run: its `DeployedBy`. [`SYSTEM`](crate::SYSTEM) is a schedule, a
    /// trigger or a webhook.
    pub fn started_by(&self, id: &str, account: &str) {
        let mut state = self.0.state();
        let username = state.people.username(account);
        let kind = Kind::named("runbookruns");
        let mut runs = state.documents.all(kind, DEFAULT_SPACE);
        let run = runs
            .find(|run| run.text("TaskId") == id)
            .map(|run| run.id.clone());
        drop(runs);
        let run = run.expect("the task is a run");
        let document = state.documents.get_mut(&run).expect("it is there");
        document.fields["DeployedById"] = json!(account);
        document.fields["DeployedBy"] = json!(username);
    }

    /// A *Deploy a Release* step of this task deploys: the child carries the key that its parent
    /// was started with, and fails if that is no longer active. Gives the child's task ID.
    pub fn deploy_a_release(&self, parent: &str) -> String {
        let parent = self
            .get(parent)
            .expect("the test names a task that is there");
        let child = self.queue_deployment(RUNBOOK_SVC);
        let active = parent
            .key_id
            .as_ref()
            .is_none_or(|key| self.0.is_active(key));
        self.start(&child);
        let states = [TaskState::Failed, TaskState::Success];
        self.end(&child, states[usize::from(active)]);
        child
    }

    /// Keeps a task just as it is, instead of one with that id.
    pub fn put(&self, task: Task) {
        self.0.state().tasks.put(task);
    }

    /// A queued task begins to run.
    pub fn start(&self, id: &str) {
        self.change(id, |task, now| {
            assert!(task.started.is_none() && !task.state.is_over());
            task.state = TaskState::Executing;
            task.started = Some(now);
        });
    }

    /// It begins to wait for a person, or no longer does; `Executing` it is either way.
    pub fn wait_for_person(&self, id: &str, waits: bool) {
        self.change(id, |task, _| {
            assert_eq!(task.state, TaskState::Executing);
            task.waits_for_person = waits;
        });
    }

    /// It is over, in this state.
    pub fn end(&self, id: &str, state: TaskState) {
        assert!(state.is_over(), "{state} is no end");
        self.change(id, |task, now| {
            assert!(!task.state.is_over());
            end(task, state, now);
        });
    }

    /// A person presses *Cancel*: a task that runs is `Cancelling` until [`Tasks::end`] says that
    /// its script is dead; one that is queued is over at once.
    pub fn cancel(&self, id: &str) {
        self.change(id, |task, now| match task.state {
            TaskState::Executing => task.state = TaskState::Cancelling,
            state => {
                assert!(!state.is_over());
                end(task, TaskState::Canceled, now);
            }
        });
    }

    /// The server is restored from a backup of this moment: tasks made later are gone, and their
    /// numbers are given again. A task that the backup shows unfinished failed.
    pub fn restore_backup_of(&self, moment: Timestamp) {
        let now = self.0.now();
        let mut state = self.0.state();
        state.tasks.all.retain(|task| task.queued <= moment);
        for task in &mut state.tasks.all {
            if task.completed.is_none_or(|completed| completed > moment) {
                end(task, TaskState::Failed, now);
            }
        }
    }

    /// This task, unless retention deleted it.
    pub fn get(&self, id: &str) -> Option<Task> {
        self.0.state().tasks.get(id).cloned()
    }

    fn start_run(self, kind: RunKind, task: Option<&str>, account: &str) -> String {
        let now = self.0.now();
        let fields = json!({ "Name": "Rotate certificates" });
        let mut state = self.0.state();
        state
            .start_run(kind, DEFAULT_SPACE, task, account, None, fields, now)
            .0
    }

    fn change(self, id: &str, change: impl FnOnce(&mut Task, Timestamp)) {
        let now = self.0.now();
        let mut state = self.0.state();
        let task = state.tasks.get_mut(id);
        change(task.expect("the test names a task that is there"), now);
    }
}

fn end(task: &mut Task, state: TaskState, now: Timestamp) {
    task.state = state;
    task.waits_for_person = false;
    task.completed = Some(now);
}
