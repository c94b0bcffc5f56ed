//! What the rehearsal claims, and whether it was so.

use std::process::ExitCode;

use octopus_sim::worker::{StepState, TaskResult};
use octopus_sim::{Event, Octopus, RUNBOOK_SVC};

use crate::attached::Report;
use crate::stage::{CREATE, DELETE, USE};

const ALICES_KEY: &str = "API key 'Alice King (alice) [runkey ServerTasks-124]'";

/// Claims, each with whether it was seen to be so.
#[derive(Default)]
pub struct Proof(Vec<(&'static str, bool)>);

impl Proof {
    fn claim(&mut self, claim: &'static str, holds: bool) {
        self.0.push((claim, holds));
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

    /// After Alice's run with runkey.
    pub fn with_runkey(&mut self, task: &TaskResult, trail: &[Event], octopus: &Octopus) {
        let work: Vec<_> = trail
            .iter()
            .filter(|event| event.user_agent == "work.sh")
            .collect();
        let named = work
            .iter()
            .all(|event| event.identity_established_with.starts_with(ALICES_KEY));
        self.claim(
            "With runkey every change names Alice and her run.",
            task.success() && work.len() == 2 && named,
        );
        let sensitive = task
            .step(CREATE)
            .and_then(|step| step.outputs.get("ApiKey"))
            .is_some_and(|key| key.sensitive);
        self.claim("The key was handed on as a sensitive variable.", sensitive);
        self.claim(
            "No key shows in the task log.",
            shows_no_secret(task, octopus),
        );
        self.claim(
            "After the run no key of it lives.",
            only_standing_key(octopus),
        );
    }

    /// After Alice's run, about its audit report.
    pub fn attached(&mut self, report: Option<&Report>) {
        let says = "Alice King (alice) made 2 changes in run ServerTasks-124.";
        self.claim(
            "An audit report of it is attached to the run.",
            report.is_some_and(|report| report.summary == says),
        );
    }

    /// After Bob's run, which failed.
    pub fn after_a_failure(&mut self, task: &TaskResult, octopus: &Octopus) {
        let state = |name| {
            task.steps
                .iter()
                .find(|step| step.name == name)
                .map(octopus_sim::worker::StepRecord::state)
        };
        let failed_alone =
            state(USE) == Some(StepState::Failed) && state(DELETE) == Some(StepState::Succeeded);
        self.claim(
            "When the work failed, the delete step ran all the same,",
            failed_alone && !task.success(),
        );
        self.claim(
            "and nothing was left but the service account's own key.",
            only_standing_key(octopus) && shows_no_secret(task, octopus),
        );
    }

    /// Prints every claim, and gives the exit code: success only if all of them hold.
    pub fn conclude(self) -> ExitCode {
        for (claim, holds) in &self.0 {
            println!("  {} {claim}", if *holds { "✓" } else { "✗" });
        }
        let broken = self.0.iter().filter(|(_, holds)| !holds).count();
        if broken > 0 {
            println!("\n{broken} of {} claims did not hold.", self.0.len());
            return ExitCode::FAILURE;
        }
        println!(
            "\nAll {} claims hold: the trail names the person, and no key outlives its run.",
            self.0.len()
        );
        ExitCode::SUCCESS
    }
}

/// Whether the service account has its long-lived key and no other.
fn only_standing_key(octopus: &Octopus) -> bool {
    octopus.keys(RUNBOOK_SVC).len() == 1
}

fn shows_no_secret(task: &TaskResult, octopus: &Octopus) -> bool {
    let log = task.render(false);
    octopus
        .every_secret()
        .iter()
        .all(|secret| !log.contains(secret.as_str()))
}
