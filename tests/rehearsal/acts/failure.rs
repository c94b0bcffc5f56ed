//! Work that fails.

use octopus_sim::worker::{StepRecord, StepState};

use crate::proof::Proof;
use crate::runbooks::{self, BASH, FAILING_WORK};
use crate::stage::{Person, Stage};

const BOB: Person<'_> = Person {
    id: "Users-3",
    username: "bob",
    name: "Bob Ng",
};

pub fn play(stage: &Stage<'_>, proof: &mut Proof) {
    stage
        .screen
        .title("Bob Ng runs it, and its middle step fails.");
    let runbook = runbooks::with_runkey(&BASH, FAILING_WORK, stage.package.as_deref());
    let ran = stage.run(&runbook, BOB).expect("Bash");
    stage.screen.steps(&ran.task);

    let states: Vec<_> = ran.task.steps.iter().map(StepRecord::state).collect();
    let failed_alone = [
        StepState::Succeeded,
        StepState::Failed,
        StepState::Succeeded,
    ];
    proof.claim(
        "When the work failed, the delete step ran all the same, and nothing was left.",
        states == failed_alone && stage.only_standing_key() && stage.shows_no_secret(&ran.task),
    );
}
