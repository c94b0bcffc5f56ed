//! Names that a careless step would run, cut off, or obey.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use octopus_sim::worker::{StepState, Stream, TaskResult};

use crate::runbooks::{BASH, CREATE};
use crate::screen;
use crate::stage::{Person, Ran, Stage};

/// A name that Octopus replaces with the ID token of the step.
const NAME_OF_A_SECRET: &str = "Eve #{Automation.OpenIdConnect.Jwt}";

/// `alices` is the run of a person with a harmless name.
pub fn play(stage: &mut Stage<'_>, alices: &Ran) {
    stage
        .screen
        .title("People start it whose names are shell code, service messages or variables.");
    let names = [
        "Zo\u{eb} \"Z\" O'Brien $(id) `id` \u{674e}\u{5c0f}\u{9f99}".to_owned(),
        "Eve\nRUNKEY_END\nid\n'@ \u{2018}; id; \u{201c}$(id)".to_owned(),
        service_messages(),
    ];
    for name in names {
        screen::say(&shown(&name));
        let ran = stage.run(&stage.runbook(BASH, "echo Done"), named(&name));
        stage.screen.check(
            &format!("This name was only text: {}...", first(&shown(&name), 24)),
            ran.task.success()
                && understood(&ran.task) == understood(&alices.task)
                && has_purpose(&ran)
                && stage.has_no_run_key(),
        );
    }

    screen::say(NAME_OF_A_SECRET);
    let ran = stage.run(&stage.runbook(BASH, "echo Done"), named(NAME_OF_A_SECRET));
    screen::steps(&ran.task);
    stage.screen.check(
        "A name that Octopus replaces with an ID token is refused, and never shown.",
        ran.task.steps[0].state() == StepState::Failed
            && stage.shows_no_secret(&ran.task)
            && stage.has_no_run_key(),
    );
}

/// A user whom Octopus reports by this display name.
fn named(name: &str) -> Person<'_> {
    Person {
        id: octopus_sim::BOB,
        username: "bob",
        name,
    }
}

/// Service messages in each way in which one of Octopus's parsers might read them; the last one swallows
/// what follows.
fn service_messages() -> String {
    let value = BASE64_STANDARD.encode("ApiKeyPurpose");
    let message = format!("setVariable name='{value}' value='{value}'");
    format!(
        "Eve ##octopus[{message}] \u{ff03}\u{ff03}octopus[{message}] #\u{ad}#octopus[mask value='{value}'] \
         ##oct\u{200b}o\u{640}pus[stdout-error] #\u{ad}"
    )
}

/// What each of Octopus's parsers read in the create and the delete step: the messages, and whether it
/// waits for the end of one more.
fn understood(task: &TaskResult) -> Vec<(Vec<String>, bool)> {
    let ours = [&task.steps[0], &task.steps[2]];
    let results = ours.into_iter().filter_map(|step| step.result.as_ref());
    let streams = [Stream::Stdout, Stream::Stderr];
    let readings = results.flat_map(|result| streams.map(|stream| result.readings(stream)));
    let readings = readings.flatten().map(|reading| {
        let messages = reading.messages.into_iter().map(|message| message.name);
        // Without the report's messages: how many there are depends on what was done.
        let messages = messages.filter(|name| !name.starts_with("stdout-"));
        (messages.collect(), reading.is_waiting)
    });
    readings.collect()
}

/// Whether the name ends with the real username and the run ID.
fn has_purpose(ran: &Ran) -> bool {
    let create = ran.task.step(CREATE);
    let purpose = create.and_then(|step| step.output("ApiKeyPurpose"));
    purpose.is_some_and(|purpose| purpose.ends_with(&format!(" (bob) [runkey {}]", ran.id)))
}

fn shown(name: &str) -> String {
    name.replace('\n', "\\n")
}

fn first(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}
