//! The starting point: the runbook uses the service account's own key.

use crate::runbooks::{self, BASH};
use crate::stage::{ALICE, Stage};

pub fn play(stage: &mut Stage<'_>) {
    stage
        .screen
        .title("Without runkey: the runbook uses the service account's key. Alice King starts it.");
    let ran = stage.run(&runbooks::without_runkey(BASH.work), ALICE);
    stage.screen.log(&ran.task);
    stage.screen.trail(&ran.trail);

    let names_nobody = |trail: &[octopus_sim::Event]| {
        let mut events = trail.iter();
        events.all(|event| {
            event.username == "runbook-svc" && !event.identity_established_with.contains("Alice")
        })
    };
    stage.screen.check(
        "Without runkey, every change is by \"runbook-svc\"; nothing names Alice.",
        ran.task.success() && ran.trail.len() == 2 && names_nobody(&ran.trail),
    );
}
