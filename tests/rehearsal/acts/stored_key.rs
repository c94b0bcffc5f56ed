//! The other credential: the service account's key in a sensitive variable. The middle step searches
//! for it.

use octopus_sim::worker::StepResult;

use crate::runbooks::{self, CREATE, USE, WITHOUT};
use crate::screen;
use crate::stage::{ALICE, Stage};

const SEARCH: &str = include_str!("../work/search.sh");

pub fn play(stage: &mut Stage<'_>) {
    stage
        .screen
        .title("With the service account key in a variable of the create and delete steps.");
    // Where the variable is in scope, the search must find the key, or it shows nothing.
    let without = stage.run(&runbooks::without_runkey(SEARCH), ALICE);
    let ran = stage.run(&stage.runbook_with_key(SEARCH), ALICE);
    screen::steps(&ran.task);

    let create = ran.task.step(CREATE);
    let run_key = create.and_then(|step| step.output("ApiKey"));
    let service_key = Some(stage.octopus.service_key());
    let middle = ran.task.step(USE);
    stage.screen.check(
        "The middle step finds the run key, but not the service account key.",
        ran.task.success()
            && prints(without.task.step(WITHOUT), service_key)
            && prints(middle, run_key)
            && !prints(middle, service_key)
            && stage.has_no_run_key(),
    );
}

/// Whether the step printed this text, before the log masked it.
fn prints(step: Option<&StepResult>, text: Option<&str>) -> bool {
    step.zip(text).is_some_and(|(step, text)| {
        step.raw_stdout.contains(text) || step.raw_stderr.contains(text)
    })
}
