//! A run that is cancelled, and the sweep that ends its key.

use octopus_sim::worker::{Control, Moment, StepRecord, StepState};

use crate::proof::Proof;
use crate::runbooks::{self, BASH, USE};
use crate::stage::{Person, Stage};

const CAROL: Person<'_> = Person {
    id: "Users-6",
    username: "carol",
    name: "Carol Diaz",
};
const DAVE: Person<'_> = Person {
    id: "Users-7",
    username: "dave",
    name: "Dave Obi",
};
const SCHEDULE: Person<'_> = Person {
    id: "users-system",
    username: "system",
    name: "System",
};

/// Work that takes longer than Carol waits.
const LONG_WORK: &str = "echo 'Rotating certificate 1 of 40 …'\nsleep 600\n";

pub fn play(stage: &Stage<'_>, proof: &mut Proof) {
    let screen = stage.screen;
    screen.title("Carol Diaz runs it, and cancels it in its middle step.");
    let runbook = runbooks::with_runkey(&BASH, LONG_WORK, stage.package.as_deref());
    let control = Control::new().cancel_at("1 of 40");
    let carols = stage.run_under(control, &runbook, CAROL).expect("Bash");
    screen.steps(&carols.task);
    let states: Vec<_> = carols.task.steps.iter().map(StepRecord::state).collect();
    let cut_off = [
        StepState::Succeeded,
        StepState::Canceled,
        StepState::Skipped,
    ];
    let outlived = states == cut_off && stage.has_key_of(&carols.run);

    // The run waits for the watcher, as it would for the person.
    let mut swept = None;
    let control = Control::new().watch(|moment| {
        if matches!(moment, Moment::StepStarts(USE)) {
            let daves = stage.latest_run();
            let tasks = stage.octopus.tasks();
            tasks.wait_for_person(&daves, true);
            let sweep = stage.run_equipped(&runbooks::sweep(), SCHEDULE);
            tasks.wait_for_person(&daves, false);
            let spared = stage.has_key_of(&daves);
            swept = Some((sweep.expect("Bash"), spared));
        }
    });
    let runbook = runbooks::with_runkey(&BASH, BASH.work, stage.package.as_deref());
    let daves = stage.run_under(control, &runbook, DAVE).expect("Bash");
    let (sweep, spared) = swept.expect("the middle step of Dave's run was started");
    let ended = sweep.task.success() && !stage.has_key_of(&carols.run);
    screen.say("Her key is alive: no step ran any more. A schedule starts 'runkey delete --ended', while a run of Dave Obi's waits for a person:");
    screen.log(&sweep.task);
    screen.say("Then Dave's run goes on, with its key:");
    screen.steps(&daves.task);

    let logs = [&carols.task, &daves.task, &sweep.task];
    proof.claim(
        "The key of a cancelled run is ended by a sweep, and that of a run that waits for a person lives on.",
        outlived
            && ended
            && spared
            && daves.task.success()
            && stage.only_standing_key()
            && logs.iter().all(|task| stage.shows_no_secret(task)),
    );
}
