//! What the rehearsal claims, and whether it was so.

use std::process::ExitCode;

use octopus_sim::worker::{StepRecord, StepState, TaskResult};
use octopus_sim::{Event, Octopus, RUNBOOK_SVC};

use crate::attached::Report;
use crate::runbooks::{CREATE, DELETE, Shell, USE};

/// Claims, each with whether it was seen to be so.
pub struct Proof<'a> {
    octopus: &'a Octopus,
    claims: Vec<(String, bool)>,
}

impl<'a> Proof<'a> {
    /// Nothing claimed yet.
    pub fn new(octopus: &'a Octopus) -> Self {
        Self {
            octopus,
            claims: Vec::new(),
        }
    }

    fn claim(&mut self, claim: impl Into<String>, holds: bool) {
        self.claims.push((claim.into(), holds));
    }

    /// After the run of today's runbook.
    pub fn today(&mut self, task: &TaskResult, trail: &[Event]) {
        let anonymous = trail
            .iter()
            .all(|event| !event.identity_established_with.contains("Alice"));
        self.claim(
            "Today the audit trail does not name Alice.",
            task.success() && trail.len() == 2 && anonymous,
        );
    }

    /// After Alice's run with runkey, in this shell.
    pub fn with_runkey(&mut self, task: &TaskResult, trail: &[Event], shell: &Shell, run: &str) {
        let shell = shell.name;
        let alices = format!("API key 'Alice King (alice) [runkey {run}]'");
        let work: Vec<_> = trail
            .iter()
            .filter(|event| event.user_agent.starts_with("work."))
            .collect();
        let named = work
            .iter()
            .all(|event| event.identity_established_with.starts_with(&alices));
        self.claim(
            format!("{shell}: with runkey every change names Alice and her run."),
            task.success() && work.len() == 2 && named,
        );
        let key = task
            .step(CREATE)
            .and_then(|step| step.outputs.get("ApiKey"));
        self.claim(
            format!("{shell}: the key was handed on as a sensitive variable, and no log shows it."),
            key.is_some_and(|key| key.sensitive) && self.shows_no_secret(task),
        );
        self.claim(
            format!("{shell}: after the run no key of it lives."),
            self.only_standing_key(),
        );
    }

    /// After Alice's run of work by Octopus's own command line.
    pub fn by_octopus(&mut self, task: &TaskResult, trail: &[Event], run: &str) {
        let alices = format!("API key 'Alice King (alice) [runkey {run}]'");
        let changes: Vec<_> = trail
            .iter()
            .filter(|event| event.message.starts_with("Environment Green was "))
            .collect();
        let named = changes
            .iter()
            .all(|event| event.identity_established_with.starts_with(&alices));
        self.claim(
            "Octopus's own command line took the run's key: its changes name Alice and her run.",
            task.success() && changes.len() == 2 && named && self.only_standing_key(),
        );
    }

    /// After Alice's run, about its audit report.
    pub fn attached(&mut self, report: Option<&Report>) {
        let says = "In run ServerTasks-124, Alice King (alice) made 2 changes: + 1 created, ~ 1 changed, in 1 project and 1 space";
        self.claim(
            "An audit report of it is attached to the run.",
            report.is_some_and(|report| report.summary.starts_with(says)),
        );
    }

    /// After Bob's run, which failed.
    pub fn after_a_failure(&mut self, task: &TaskResult) {
        let state = |name| {
            task.steps
                .iter()
                .find(|step| step.name == name)
                .map(StepRecord::state)
        };
        let failed_alone =
            state(USE) == Some(StepState::Failed) && state(DELETE) == Some(StepState::Succeeded);
        self.claim(
            "When the work failed, the delete step ran all the same, and nothing was left.",
            failed_alone
                && !task.success()
                && self.only_standing_key()
                && self.shows_no_secret(task),
        );
    }

    /// After a run by someone with a name of quotes and commands.
    pub fn intact(&mut self, task: &TaskResult, trail: &[Event], name: &str) {
        let purpose = format!("{name} (zoe) [runkey ServerTasks-127]");
        let arrived = task
            .step(CREATE)
            .and_then(|step| step.output("ApiKeyPurpose"));
        let printed = task.render(false);
        let text = "Intact: \"double\" 'single' `id` $(id) #{Octopus.Task.Id} \\ 李小龍 🦀";
        self.claim(
            "Quotes, backticks, $(…) and #{…} in names and scripts arrived intact; none was run.",
            task.success()
                && arrived == Some(&purpose)
                && printed.contains(text)
                && trail.iter().any(|event| event.message.contains(&purpose)),
        );
    }

    /// Prints every claim, and gives the exit code: success only if all of them hold.
    pub fn conclude(self) -> ExitCode {
        for (claim, holds) in &self.claims {
            println!("  {} {claim}", if *holds { "✓" } else { "✗" });
        }
        let count = self.claims.len();
        let broken = self.claims.iter().filter(|(_, holds)| !holds).count();
        if broken > 0 {
            println!("\n{broken} of {count} claims did not hold.");
            return ExitCode::FAILURE;
        }
        println!(
            "\nAll {count} claims hold: the trail names the person, and no key outlives its run."
        );
        ExitCode::SUCCESS
    }

    /// Whether the service account has its long-lived key and no other.
    fn only_standing_key(&self) -> bool {
        self.octopus.keys(RUNBOOK_SVC).len() == 1
    }

    fn shows_no_secret(&self, task: &TaskResult) -> bool {
        let log = task.render(false);
        let secrets = self.octopus.every_secret();
        secrets.iter().all(|secret| !log.contains(secret.as_str()))
    }
}
