//! The same work between the create and the delete step. Nothing is stored: Octopus issues an ID token
//! to each of them.

use octopus_sim::worker::{Level, Syntax, TaskResult, Worker};

use crate::runbooks::{BASH, CREATE, DELETE, POWERSHELL, Shell};
use crate::screen;
use crate::stage::{ALICE, Ran, Stage};

pub fn play(stage: &mut Stage<'_>) -> Ran {
    stage
        .screen
        .title("With runkey, in Bash, and no stored secret. Alice King starts it.");
    let ran = stage.run(&stage.runbook(BASH, BASH.work), ALICE);
    stage.screen.log(&ran.task);
    stage.screen.trail(&ran.trail);
    check(stage, &ran, BASH);

    let confirms = "Octopus confirms that 'alice' started the run.";
    let delete = ran.task.step(DELETE);
    let is_confirmed = delete.is_some_and(|step| {
        step.artifacts.len() == 1 && step.lines(Level::Highlight).contains(&confirms)
    });
    stage.screen.check(
        "The audit report is attached, and confirms that Alice started the run.",
        is_confirmed,
    );
    ran
}

pub fn play_in_powershell(stage: &mut Stage<'_>) {
    if !Worker::has(Syntax::PowerShell) {
        screen::say("PowerShell templates: left out, since no pwsh is on the PATH.");
        return;
    }
    stage.screen.title("The same in PowerShell.");
    let ran = stage.run(&stage.runbook(POWERSHELL, POWERSHELL.work), ALICE);
    screen::steps(&ran.task);
    check(stage, &ran, POWERSHELL);
}

fn check(stage: &mut Stage<'_>, ran: &Ran, shell: Shell) {
    let shell = shell.name;
    let alices = format!("API key 'Alice King (alice) [runkey {}]'", ran.id);
    let work = ran.trail.iter();
    let mut work = work.filter(|event| event.user_agent.starts_with("work."));
    let count = work.clone().count();
    let named = work.all(|event| event.identity_established_with.starts_with(&alices));
    stage.screen.check(
        &format!("{shell}: every change names Alice and her run."),
        ran.task.success() && count == 2 && named,
    );
    stage.screen.check(
        &format!("{shell}: nothing was stored; the service account key was not used."),
        ran.requests_with_service_key == 0 && stage.has_no_run_key(),
    );
    stage.screen.check(
        &format!("{shell}: the key was passed on as a sensitive variable; no log shows it."),
        is_sensitive(&ran.task) && stage.shows_no_secret(&ran.task),
    );
}

fn is_sensitive(task: &TaskResult) -> bool {
    let create = task.step(CREATE);
    let key = create.and_then(|step| step.outputs.get("ApiKey"));
    key.is_some_and(|key| key.sensitive)
}
