//! The simulated server, a worker, and the package with runkey in it.

use std::path::{Path, PathBuf};

use octopus_sim::worker::{Control, Runbook, TaskResult, Variables, Worker};
use octopus_sim::{Event, OIDC_SUBJECT, Octopus, RUNBOOK_SVC, report_to};

use crate::package;
use crate::runbooks::{
    ACCOUNT, BASH, Credential, ID_TOKEN, KEY_VARIABLE, SCOPE_OF_KEY, STORED_KEY, Shell, Templates,
};
use crate::screen::Screen;

/// The server, a worker that runs the runbooks, and where they are shown.
pub struct Stage<'a> {
    pub octopus: &'a Octopus,
    pub screen: Screen,
    package: Option<PathBuf>,
    worker: Worker,
}

/// Who starts a run.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    pub id: &'a str,
    pub username: &'a str,
    pub name: &'a str,
}

pub const ALICE: Person<'_> = Person {
    id: octopus_sim::ALICE,
    username: "alice",
    name: "Alice King",
};
pub const BOB: Person<'_> = Person {
    id: octopus_sim::BOB,
    username: "bob",
    name: "Bob Ng",
};
pub const SCHEDULE: Person<'_> = Person {
    id: octopus_sim::SYSTEM,
    username: "system",
    name: "System",
};

/// What came of a run.
pub struct Ran {
    /// The task ID.
    pub id: String,
    pub task: TaskResult,
    /// What was added to the audit trail meanwhile, oldest first.
    pub trail: Vec<Event>,
    pub requests_with_service_key: usize,
}

impl<'a> Stage<'a> {
    /// Packs the program of this build for the worker, or puts it on the worker's `PATH` where the
    /// package has no program for this system.
    pub fn new(octopus: &'a Octopus, screen: Screen) -> Self {
        let package = package::unpacked();
        let worker = Worker::new().oidc_account(ACCOUNT, octopus.id_tokens(OIDC_SUBJECT));
        let program = Path::new(env!("CARGO_BIN_EXE_runkey"));
        let folder = program.parent().expect("a program is in a folder");
        Self {
            octopus,
            screen,
            worker: match package {
                Some(_) => worker,
                None => worker.path_entry(folder),
            },
            package,
        }
    }

    /// Work between a create and a delete step that store nothing.
    pub fn runbook(&self, shell: Shell, work: &str) -> Runbook {
        self.templates(shell, ID_TOKEN).around(work)
    }

    /// Work between a create and a delete step that have the service account key.
    pub fn runbook_with_key(&self, work: &str) -> Runbook {
        self.templates(BASH, STORED_KEY).around(work)
    }

    /// A runbook that states who started it.
    pub fn forged(&self, name: &str) -> Runbook {
        let templates = self.templates(BASH, ID_TOKEN);
        let create = templates.create().parameter("RunKey.Create.RunBy", name);
        let work = templates.use_key(BASH.work);
        Runbook::new()
            .step(create)
            .step(work)
            .step(templates.delete())
    }

    /// The scheduled runbook that revokes the keys of finished runs.
    pub fn cleanup(&self) -> Runbook {
        Runbook::new().step(self.templates(BASH, ID_TOKEN).cleanup())
    }

    fn templates(&self, shell: Shell, credential: Credential) -> Templates<'_> {
        Templates {
            shell,
            package: self.package.as_deref(),
            credential,
        }
    }

    /// Has a person start this runbook.
    pub fn run(&self, runbook: &Runbook, person: Person<'_>) -> Ran {
        self.run_under(Control::new(), runbook, person)
    }

    /// Runs it under a control that may cancel it.
    pub fn run_under(&self, control: Control<'_>, runbook: &Runbook, person: Person<'_>) -> Ran {
        let id = self.octopus.tasks().queue();
        self.octopus.tasks().started_by(&id, person.id);
        let mut variables = Variables::of_run(self.octopus.url())
            .with("Octopus.Task.Id", &id)
            .started_by(person.id, person.username, person.name);
        let key = self.octopus.service_key();
        variables.set_for(&SCOPE_OF_KEY, KEY_VARIABLE, key, true);

        let events = self.octopus.events().len();
        let requests = self.octopus.requests().len();
        let control = control.watch(report_to(self.octopus, &id));
        let task = runbook.run_under(control, &self.worker, variables);
        let requests = self.octopus.requests().split_off(requests);
        let requests = requests.iter();
        let with_key = requests.filter(|sent| sent.header("X-Octopus-ApiKey") == Some(key));
        Ran {
            task: task.expect("the worker can run the steps"),
            trail: self.octopus.events().split_off(events),
            requests_with_service_key: with_key.count(),
            id,
        }
    }

    /// The purposes of the run keys that are active.
    pub fn keys_of_runs(&self) -> Vec<String> {
        let purposes = self.octopus.keys(RUNBOOK_SVC).into_iter();
        let purposes = purposes.map(|key| key.purpose);
        purposes
            .filter(|purpose| purpose.contains(" [runkey "))
            .collect()
    }

    pub fn has_no_run_key(&self) -> bool {
        self.keys_of_runs().is_empty()
    }

    pub fn has_key_of(&self, run: &str) -> bool {
        let end = format!(" [runkey {run}]");
        self.keys_of_runs().iter().any(|key| key.ends_with(&end))
    }

    /// Whether the log shows none of the server's secrets.
    pub fn shows_no_secret(&self, task: &TaskResult) -> bool {
        let log = task.render(false);
        let secrets = self.octopus.every_secret();
        secrets.iter().all(|secret| !log.contains(secret.as_str()))
    }
}

/// Writes the attached audit report into the build's folder.
pub fn keep_report(task: &TaskResult) -> PathBuf {
    let mut steps = task.steps.iter().filter_map(|step| step.result.as_ref());
    let artifact = steps.find_map(|step| step.artifacts.first());
    let content = artifact.map(|artifact| artifact.content.as_slice());
    let file = package::folder().join("run-api-key-report.html");
    std::fs::write(&file, content.unwrap_or_default()).expect("the build's folder can be written");
    file
}
