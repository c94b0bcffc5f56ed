//! A canceled run, and the cleanup runbook that revokes its key.

use octopus_sim::worker::{Control, Moment, StepRecord, StepState};

use crate::runbooks::{BASH, USE};
use crate::screen;
use crate::stage::{BOB, SCHEDULE, Stage};

const LONG_WORK: &str = "echo 'Rotating certificate 1 of 40 ...'\nsleep 600\n";

pub fn play(stage: &mut Stage<'_>) {
    stage
        .screen
        .title("Bob Ng starts it, and cancels it in the middle step.");
    let control = Control::new().cancel_at("1 of 40");
    let canceled = stage.run_under(control, &stage.runbook(BASH, LONG_WORK), BOB);
    screen::steps(&canceled.task);
    let states: Vec<_> = canceled.task.steps.iter().map(StepRecord::state).collect();
    let expected = [
        StepState::Succeeded,
        StepState::Canceled,
        StepState::Skipped,
    ];
    let was_left = states == expected && stage.has_key_of(&canceled.id);

    screen::say("No further step ran. A schedule starts the cleanup runbook during another run:");
    let mut cleanup = None;
    let control = Control::new().watch(|moment| {
        if matches!(moment, Moment::StepStarts(USE)) {
            let ran = stage.run(&stage.cleanup(), SCHEDULE);
            cleanup = Some((ran, stage.keys_of_runs().len()));
        }
    });
    let other = stage.run_under(control, &stage.runbook(BASH, BASH.work), BOB);
    let (cleanup, left) = cleanup.expect("the middle step was started");
    stage.screen.log(&cleanup.task);

    stage.screen.check(
        "The cleanup runbook revoked the canceled run's key, and skipped the run in progress.",
        was_left
            && cleanup.task.success()
            && left == 1
            && other.task.success()
            && stage.has_no_run_key()
            && stage.shows_no_secret(&cleanup.task),
    );
}
