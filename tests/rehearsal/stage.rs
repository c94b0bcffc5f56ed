//! What is on the stage: the server, a worker, and the package with runkey in it.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use octopus_sim::worker::{Control, Runbook, TaskResult, Variables, Worker, WorkerError};
use octopus_sim::{Event, Octopus, RUNBOOK_SVC, report_to};

use crate::package;
use crate::runbooks::TRUSTED;
use crate::screen::Screen;

/// The space that everything happens in.
const SPACE: &str = "Spaces-1";
/// The server had others before: the first of these runs is `ServerTasks-123`.
const RUNS_BEFORE: u32 = 122;

/// The server, a worker that the runbooks run on, and the screen that they are shown on.
pub struct Stage<'a> {
    pub octopus: &'a Octopus,
    pub screen: Screen,
    /// Where the package is unpacked; nothing where runkey is on the worker's `PATH` instead.
    pub package: Option<PathBuf>,
    worker: Worker,
    /// A worker with runkey on its `PATH`, for steps that are no template's.
    equipped: Worker,
    runs: Cell<u32>,
}

/// Who starts a run.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    pub id: &'a str,
    pub username: &'a str,
    pub name: &'a str,
}

/// What came of a run.
pub struct Performance {
    /// The run's id, such as `ServerTasks-123`.
    pub run: String,
    /// What its steps did.
    pub task: TaskResult,
    /// What the audit trail gained meanwhile, oldest first.
    pub trail: Vec<Event>,
}

pub const ALICE: Person<'_> = Person {
    id: "Users-2",
    username: "alice",
    name: "Alice King",
};

impl<'a> Stage<'a> {
    /// A worker with the package of this build, or with the runkey of this build on its `PATH`.
    pub fn new(octopus: &'a Octopus) -> Self {
        let package = package::unpacked();
        let program = Path::new(env!("CARGO_BIN_EXE_runkey"));
        let equipped = Worker::new().path_entry(program.parent().expect("it is in a folder"));
        let worker = match package {
            Some(_) => Worker::new(),
            None => equipped.clone(),
        };
        Self {
            octopus,
            screen: Screen::find(),
            package,
            worker,
            equipped,
            runs: Cell::new(RUNS_BEFORE),
        }
    }

    /// Has `person` run this runbook. Nothing when this machine has not the shell that it is for.
    pub fn run(&self, runbook: &Runbook, person: Person<'_>) -> Option<Performance> {
        self.perform(&self.worker, Control::new(), runbook, person)
    }

    /// Runs it under a control that may stop it.
    pub fn run_under(
        &self,
        control: Control<'_>,
        runbook: &Runbook,
        person: Person<'_>,
    ) -> Option<Performance> {
        self.perform(&self.worker, control, runbook, person)
    }

    /// Runs it on a worker that has runkey on its `PATH`, as steps need that are no template's.
    pub fn run_equipped(&self, runbook: &Runbook, person: Person<'_>) -> Option<Performance> {
        self.perform(&self.equipped, Control::new(), runbook, person)
    }

    /// The server knows of the run as of any task.
    fn perform(
        &self,
        worker: &Worker,
        control: Control<'_>,
        runbook: &Runbook,
        person: Person<'_>,
    ) -> Option<Performance> {
        self.runs.set(self.runs.get() + 1);
        let run = self.latest_run();
        self.octopus.tasks().queue_as(&run, Some(SPACE));
        let mut variables = Variables::of_run(self.octopus.url())
            .with("Octopus.Task.Id", &run)
            .started_by(person.id, person.username, person.name);
        let key = self.octopus.service_key();
        variables.set_for(&TRUSTED, "Automation.ApiKey", key, true);

        let events_before = self.octopus.events().len();
        let control = control.watch(report_to(self.octopus, &run));
        let task = match runbook.run_under(control, worker, variables) {
            Ok(task) => task,
            Err(WorkerError::NoShell { .. }) => return None,
            Err(error) => panic!("{error}"),
        };
        let trail = self.octopus.events().split_off(events_before);
        Some(Performance { run, task, trail })
    }

    /// The id of the run that was started last.
    pub fn latest_run(&self) -> String {
        format!("ServerTasks-{}", self.runs.get())
    }

    /// Whether a key of this run lives.
    pub fn has_key_of(&self, run: &str) -> bool {
        let bracket = format!(" [runkey {run}]");
        let keys = self.octopus.keys(RUNBOOK_SVC);
        keys.iter().any(|key| key.purpose.ends_with(&bracket))
    }

    /// Whether the service account has its long-lived key and no other.
    pub fn only_standing_key(&self) -> bool {
        self.octopus.keys(RUNBOOK_SVC).len() == 1
    }

    /// Whether the task's log shows none of the server's secrets.
    pub fn shows_no_secret(&self, task: &TaskResult) -> bool {
        let log = task.render(false);
        let secrets = self.octopus.every_secret();
        secrets.iter().all(|secret| !log.contains(secret.as_str()))
    }
}
