//! Today's way: the runbook carries the service account's own key.

use crate::proof::Proof;
use crate::runbooks::{self, BASH};
use crate::stage::{ALICE, Stage};

pub fn play(stage: &Stage<'_>, proof: &mut Proof) {
    let screen = stage.screen;
    screen.title("Today: the runbook carries the service account's key. Alice King runs it.");
    let ran = stage.run(&runbooks::today(BASH.work), ALICE).expect("Bash");
    screen.log(&ran.task);
    screen.trail(&ran.trail);
    let mut trail = ran.trail.iter();
    let anonymous = trail.all(|event| !event.identity_established_with.contains("Alice"));
    proof.claim(
        "Today the audit trail does not name Alice.",
        ran.task.success() && ran.trail.len() == 2 && anonymous,
    );
}
