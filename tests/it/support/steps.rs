//! Runs the exported step templates with the real program, as a worker does.

use std::path::Path;

use octopus_sim::worker::{Control, Level, Runbook, StepResult, TaskResult, Variables, Worker};
use octopus_sim::{OIDC_SUBJECT, Octopus, RUNBOOK_SVC, report_to};

pub use runbooks::{
    ACCOUNT, BASH, CREATE, DELETE, ID_TOKEN, POWERSHELL, SCOPE_OF_KEY, STORED_KEY, Shell,
    Templates, USE,
};

use super::{assert_no_secret, program};

#[path = "../../rehearsal/runbooks.rs"]
mod runbooks;

/// A server, and a worker that has the program on its `PATH`.
pub struct Stage {
    pub octopus: Octopus,
    pub worker: Worker,
}

/// What came of a run of Alice's.
pub struct Ran {
    pub id: String,
    pub task: TaskResult,
}

/// The steps of the templates without a package, with an ID token.
pub fn templates(shell: Shell) -> Templates<'static> {
    Templates {
        shell,
        package: None,
        credential: ID_TOKEN,
    }
}

impl Stage {
    pub fn new() -> Self {
        let octopus = Octopus::start();
        let worker = Worker::new().oidc_account(ACCOUNT, octopus.id_tokens(OIDC_SUBJECT));
        let folder = Path::new(program()).parent().unwrap();
        Self {
            worker: worker.path_entry(folder),
            octopus,
        }
    }

    /// Alice runs it.
    #[track_caller]
    pub fn run(&self, runbook: &Runbook) -> Ran {
        self.run_by(runbook, "Alice King")
    }

    /// Alice runs it, under another display name. Fails when the log shows a secret.
    #[track_caller]
    pub fn run_by(&self, runbook: &Runbook, display_name: &str) -> Ran {
        let id = self.octopus.tasks().queue();
        let mut variables = Variables::of_run(self.octopus.url())
            .with("Octopus.Task.Id", &id)
            .started_by(octopus_sim::ALICE, "alice", display_name);
        let key = self.octopus.service_key();
        variables.set_for(&SCOPE_OF_KEY, runbooks::KEY_VARIABLE, key, true);
        let control = Control::new().watch(report_to(&self.octopus, &id));
        let task = runbook.run_under(control, &self.worker, variables).unwrap();
        assert_no_secret(&self.octopus, &task.render(false));
        Ran { id, task }
    }

    /// The purposes of the run keys that are active, of any account.
    pub fn keys(&self) -> Vec<String> {
        let owners = [RUNBOOK_SVC, octopus_sim::RUNBOOK_ALICE];
        let keys = owners.iter().flat_map(|owner| self.octopus.keys(owner));
        let purposes = keys.map(|key| key.purpose);
        purposes
            .filter(|purpose| purpose.contains(" [runkey "))
            .collect()
    }
}

impl Ran {
    #[track_caller]
    pub fn step(&self, name: &str) -> &StepResult {
        let step = self.task.step(name);
        step.unwrap_or_else(|| panic!("no step '{name}' ran in {}", self.task.render(false)))
    }

    /// Fails unless the step ended so.
    #[track_caller]
    pub fn expect_code(&self, name: &str, code: i32) -> &StepResult {
        let step = self.step(name);
        assert_eq!(step.exit_code, Some(code), "{}", self.task.render(false));
        step
    }

    /// Fails unless every step succeeded.
    #[track_caller]
    pub fn expect_success(&self) -> &Self {
        assert!(self.task.success(), "{}", self.task.render(false));
        self
    }

    /// The log of a step, one line each: level and text.
    pub fn log(&self, name: &str) -> String {
        let lines = self.step(name).log.iter();
        let lines: Vec<_> = lines
            .map(|line| format!("{} | {}", line.level, line.text))
            .collect();
        lines.join("\n")
    }

    /// Whether a line of the step, at any level, contains this text.
    pub fn says(&self, name: &str, text: &str) -> bool {
        self.step(name)
            .log
            .iter()
            .any(|line| line.text.contains(text))
    }

    pub fn warnings(&self, name: &str) -> Vec<&str> {
        self.step(name).lines(Level::Warning)
    }
}
