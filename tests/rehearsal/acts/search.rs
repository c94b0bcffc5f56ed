//! Somebody looks for the service account's key in the middle step.

use octopus_sim::worker::StepResult;

use crate::proof::Proof;
use crate::runbooks::{self, BASH, CREATE, TODAY, USE};
use crate::screen::Finding;
use crate::stage::{ALICE, Stage};

const SEARCH: &str = include_str!("../work/search.sh");

pub fn play(stage: &Stage<'_>, proof: &mut Proof) {
    let screen = stage.screen;
    screen.title("Somebody has the work look for the service account's key.");
    let long_lived = stage.octopus.service_key();
    // Where nothing keeps it from the work, the search must find it, or it proves nothing.
    let today = stage.run(&runbooks::today(SEARCH), ALICE).expect("Bash");
    let finds_it = today
        .task
        .step(TODAY)
        .is_some_and(|step| shows(step, long_lived));

    let runbook = runbooks::with_runkey(&BASH, SEARCH, stage.package.as_deref());
    let ran = stage.run(&runbook, ALICE).expect("Bash");
    let create = ran.task.step(CREATE);
    let own = create.and_then(|step| step.output("ApiKey"));
    let middle = ran.task.step(USE);
    let finds_its_own = middle.zip(own).is_some_and(|(step, key)| shows(step, key));
    let misses_it = middle.is_some_and(|step| !shows(step, long_lived));

    let found = |is_found| if is_found { "found" } else { "not found" };
    screen.findings(&[
        Finding {
            about: "Today",
            found: found(finds_it).to_owned(),
            holds: finds_it,
        },
        Finding {
            about: "With runkey",
            found: format!(
                "{}; the run's own key: {}",
                found(!misses_it),
                found(finds_its_own)
            ),
            holds: misses_it && finds_its_own,
        },
    ]);
    proof.claim(
        "The middle step cannot read the long-lived key: it is a variable of the other two alone.",
        ran.task.success() && finds_it && finds_its_own && misses_it && stage.only_standing_key(),
    );
}

/// Whether this text was among what the step printed, before the log hid any of it.
fn shows(step: &StepResult, text: &str) -> bool {
    step.raw_stdout.contains(text) || step.raw_stderr.contains(text)
}
