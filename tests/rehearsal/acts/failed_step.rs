//! A middle step that fails.

use octopus_sim::worker::{StepRecord, StepState};

use crate::runbooks::BASH;
use crate::screen;
use crate::stage::{BOB, Stage};

const WORK: &str = "set -e\necho 'Reading the certificate ...'\nls /no/such/certificate.pem\necho 'never reached'\n";

pub fn play(stage: &mut Stage<'_>) {
    stage
        .screen
        .title("Bob Ng starts it, and the middle step fails.");
    let ran = stage.run(&stage.runbook(BASH, WORK), BOB);
    screen::steps(&ran.task);

    let states: Vec<_> = ran.task.steps.iter().map(StepRecord::state).collect();
    let expected = [
        StepState::Succeeded,
        StepState::Failed,
        StepState::Succeeded,
    ];
    stage.screen.check(
        "After a failed step, the delete step revoked the key.",
        states == expected && stage.has_no_run_key() && stage.shows_no_secret(&ran.task),
    );
}
