//! Work by Octopus's own command line, which takes the run's key from the environment.

use std::env::consts::EXE_SUFFIX;

use crate::proof::Proof;
use crate::runbooks::{self, BASH, WORK_OF_OCTOPUS};
use crate::stage::{ALICE, Stage};

pub fn play(stage: &Stage<'_>, proof: &mut Proof) {
    let screen = stage.screen;
    screen.title("Work by Octopus's own command line. Alice King runs it.");
    if !is_on_path("octopus") {
        screen.say("Not run: this machine has no 'octopus' on the PATH.");
        return;
    }
    let runbook = runbooks::with_runkey(&BASH, WORK_OF_OCTOPUS, stage.package.as_deref());
    let ran = stage.run(&runbook, ALICE).expect("Bash");
    screen.log(&ran.task);
    screen.trail(&ran.trail);

    let alices = format!("API key 'Alice King (alice) [runkey {}]'", ran.run);
    let changes = ran.trail.iter();
    let changes: Vec<_> = changes
        .filter(|event| event.message.starts_with("Environment Green was "))
        .collect();
    let named = changes
        .iter()
        .all(|event| event.identity_established_with.starts_with(&alices));
    proof.claim(
        "Octopus's own command line took the run's key: its changes name Alice and her run.",
        ran.task.success() && changes.len() == 2 && named && stage.only_standing_key(),
    );
}

/// Whether the shell of a step would find this program.
fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let file = format!("{program}{EXE_SUFFIX}");
    std::env::split_paths(&path).any(|folder| folder.join(&file).is_file())
}
