//! The same work in three steps, by the exported step templates.

use octopus_sim::worker::Level;

use crate::proof::Proof;
use crate::runbooks::{self, BASH, CREATE, DELETE, POWERSHELL, Shell};
use crate::stage::{ALICE, Performance, Stage};

/// In Bash.
pub fn play(stage: &Stage<'_>, proof: &mut Proof) -> Performance {
    let screen = stage.screen;
    screen.title("With runkey: the same work between two steps. Alice King runs it.");
    let runbook = runbooks::with_runkey(&BASH, BASH.work, stage.package.as_deref());
    let ran = stage.run(&runbook, ALICE).expect("Bash");
    screen.log(&ran.task);
    screen.trail(&ran.trail);
    claim(stage, proof, &ran, &BASH);

    let says = format!(
        "In run {}, Alice King (alice) made 2 changes: + 1 created, ~ 1 changed, ",
        ran.run
    );
    let delete = ran.task.step(DELETE);
    let is_attached = delete.is_some_and(|step| {
        let mut summary = step.lines(Level::Highlight).into_iter();
        step.artifacts.len() == 1 && summary.any(|line| line.starts_with(&says))
    });
    proof.claim("An audit report of it is attached to the run.", is_attached);
    ran
}

/// In PowerShell, where this machine has it.
pub fn play_in_powershell(stage: &Stage<'_>, proof: &mut Proof) {
    stage.screen.title("The same in PowerShell.");
    let work = POWERSHELL.work;
    let runbook = runbooks::with_runkey(&POWERSHELL, work, stage.package.as_deref());
    match stage.run(&runbook, ALICE) {
        Some(ran) => {
            stage.screen.steps(&ran.task);
            claim(stage, proof, &ran, &POWERSHELL);
        }
        None => stage
            .screen
            .say("Not run: this machine has no PowerShell (pwsh)."),
    }
}

fn claim(stage: &Stage<'_>, proof: &mut Proof, ran: &Performance, shell: &Shell) {
    let shell = shell.name;
    let alices = format!("API key 'Alice King (alice) [runkey {}]'", ran.run);
    let work = ran.trail.iter();
    let work: Vec<_> = work
        .filter(|event| event.user_agent.starts_with("work."))
        .collect();
    let named = work
        .iter()
        .all(|event| event.identity_established_with.starts_with(&alices));
    proof.claim(
        format!("{shell}: with runkey every change names Alice and her run."),
        ran.task.success() && work.len() == 2 && named,
    );
    let create = ran.task.step(CREATE);
    let key = create.and_then(|step| step.outputs.get("ApiKey"));
    proof.claim(
        format!("{shell}: the key was handed on as a sensitive variable, and no log shows it."),
        key.is_some_and(|key| key.sensitive) && stage.shows_no_secret(&ran.task),
    );
    proof.claim(
        format!("{shell}: after the run no key of it lives."),
        stage.only_standing_key(),
    );
}
