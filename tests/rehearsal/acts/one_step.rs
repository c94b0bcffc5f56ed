//! The whole run in one step: `runkey create -- COMMAND`.

use octopus_sim::Event;

use crate::proof::Proof;
use crate::runbooks::{self, BASH, SCRIPT};
use crate::stage::{ALICE, Stage};

pub fn play(stage: &Stage<'_>, proof: &mut Proof) {
    let screen = stage.screen;
    screen.title("Alice King runs a script step of one command, which fails half-way.");
    let ran = stage.run_equipped(&runbooks::one_step(BASH.work), ALICE);
    let ran = ran.expect("Bash");
    screen.log(&ran.task);
    let changes = ran.trail.iter();
    let changes: Vec<_> = changes
        .filter(|event| event.user_agent == "work.sh")
        .cloned()
        .collect();
    screen.trail(&changes);

    let alices = format!("API key 'Alice King (alice) [runkey {}-", ran.run);
    let is_named = |event: &Event| event.identity_established_with.starts_with(&alices);
    let failed = ran.task.step(SCRIPT).and_then(|step| step.exit_code) == Some(1);
    proof.claim(
        "In one step, too, the trail names Alice and her run, and when the command failed half-way no key lived.",
        failed
            && changes.len() == 1
            && changes.iter().all(is_named)
            && stage.only_standing_key()
            && stage.shows_no_secret(&ran.task),
    );
}
