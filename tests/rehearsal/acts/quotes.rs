//! Names and scripts that a careless step would run, or cut at a quote.

use crate::proof::Proof;
use crate::runbooks::{self, BASH, CREATE};
use crate::stage::{Person, Stage};

const ZOE: Person<'_> = Person {
    id: "Users-4",
    username: "zoe",
    name: "Zoë \"Z\" O'Brien $(id) `id` 李小龍",
};
const WORK: &str =
    "cat <<'END'\nIntact: \"double\" 'single' `id` $(id) ##{Octopus.Task.Id} \\ 李小龍 🦀\nEND\n";
const PRINTED: &str = "Intact: \"double\" 'single' `id` $(id) #{Octopus.Task.Id} \\ 李小龍 🦀";

pub fn play(stage: &Stage<'_>, proof: &mut Proof) {
    stage
        .screen
        .title("Someone runs it whose name, and whose script, are hard on careless steps.");
    let runbook = runbooks::with_runkey(&BASH, WORK, stage.package.as_deref());
    let ran = stage.run(&runbook, ZOE).expect("Bash");
    stage.screen.steps(&ran.task);

    let purpose = format!("{} (zoe) [runkey {}]", ZOE.name, ran.run);
    let create = ran.task.step(CREATE);
    let arrived = create.and_then(|step| step.output("ApiKeyPurpose"));
    let mut trail = ran.trail.iter();
    proof.claim(
        "Quotes, backticks, $(…) and #{…} in names and scripts arrived intact; none was run.",
        ran.task.success()
            && arrived == Some(&purpose)
            && ran.task.render(false).contains(PRINTED)
            && trail.any(|event| event.message.contains(&purpose)),
    );
}
