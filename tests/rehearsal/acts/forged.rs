//! A runbook whose editor wrote another person's name into it.

use octopus_sim::worker::Level;

use crate::runbooks::DELETE;
use crate::screen;
use crate::stage::{BOB, Stage};

pub fn play(stage: &mut Stage<'_>) {
    stage
        .screen
        .title("Bob Ng writes Alice's name into 'Started by', and starts the runbook.");
    let ran = stage.run(&stage.forged("Alice King (alice)"), BOB);
    let delete = ran.task.step(DELETE);
    let lines = delete.map(|step| step.lines(Level::Highlight));
    let lines = lines.unwrap_or_default();
    for line in &lines {
        screen::say(line);
    }

    let place = |begin: &str| lines.iter().position(|line| line.starts_with(begin));
    let different = place(
        "Different starter: the purpose names \"Alice King (alice)\", but Octopus says that 'bob' started the run.",
    );
    stage.screen.check(
        "The report says first that the forged name is different from the starter.",
        ran.task.success() && different.is_some() && different < place("Changes made with "),
    );
}
