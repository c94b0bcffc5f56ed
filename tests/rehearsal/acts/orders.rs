//! Names that give orders: what a person is called may be anything that the server takes for a name.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use octopus_sim::worker::service_message::harm;
use octopus_sim::worker::{Level, Runbook, StepState, Stream, TaskResult};

use crate::proof::Proof;
use crate::runbooks::{self, BASH, CREATE, DELETE};
use crate::screen::Finding;
use crate::stage::{Performance, Person, Stage};

/// Each order to Octopus that would do harm, its values readable.
const ORDERS: [(&str, &[(&str, &str)]); 5] = [
    (
        "setVariable",
        &[("name", "ApiKeyPurpose"), ("value", "Bob's")],
    ),
    ("createArtifact", &[("path", "Script.sh"), ("name", "loot")]),
    ("mask", &[("value", "Eve")]),
    ("resultMessage", &[("message", "All is well.")]),
    ("stdout-error", &[]),
];

/// A name that Octopus fills with the service account's key, where that is in a step's reach.
const NAME_OF_A_SECRET: &str = "#{Automation.ApiKey}";

/// People whose names are orders. `alices` is the run of a person with a name like any other.
pub fn play(stage: &Stage<'_>, proof: &mut Proof, alices: &Performance) {
    let screen = stage.screen;
    screen.title("People run it whose names are orders to Octopus, or hold a variable of its.");
    let runbook = runbooks::with_runkey(&BASH, BASH.work, stage.package.as_deref());
    let mut findings = Vec::from(ORDERS.map(|order| give_order(stage, &runbook, order, alices)));
    proof.claim(
        "Names that give orders to Octopus are text like any other: no order was obeyed, none of runkey's was lost, and no key is left.",
        findings.iter().all(|finding| finding.holds),
    );
    let secret = name_a_secret(stage, &runbook);
    proof.claim(
        "A name that Octopus fills with the service account's key is refused: nothing was sent, and the key is nowhere to be seen.",
        secret.holds,
    );
    findings.push(secret);
    screen.findings(&findings);
}

fn give_order(
    stage: &Stage<'_>,
    runbook: &Runbook,
    (order, values): (&'static str, &[(&str, &str)]),
    alices: &Performance,
) -> Finding {
    let name = name_that_orders(order, values);
    assert!(harm(&name).is_some(), "{order} would be no order");
    let ran = stage.run(runbook, eve(&name)).expect("Bash");
    let create = ran
        .task
        .step(CREATE)
        .map(|step| step.lines(Level::Highlight));
    let line = create.iter().flatten().next().copied().unwrap_or_default();
    let shown = line.strip_prefix("Made a key for ").unwrap_or(line);
    let begin: String = shown.chars().take(42).collect();
    Finding {
        about: order,
        found: format!("text: {begin}…"),
        holds: is_only_text(&ran, &name, alices) && stage.only_standing_key(),
    }
}

fn name_a_secret(stage: &Stage<'_>, runbook: &Runbook) -> Finding {
    let requests = stage.octopus.requests().len();
    let name = format!("Eve {NAME_OF_A_SECRET}");
    let ran = stage.run(runbook, eve(&name)).expect("Bash");
    let create = ran.task.step(CREATE);
    let reason = create.and_then(|step| step.result_message.as_deref());
    Finding {
        about: NAME_OF_A_SECRET,
        found: reason.map_or("not refused".to_owned(), |why| format!("refused: {why}")),
        holds: is_refused_unseen(&ran.task, stage.octopus.service_key())
            && stage.octopus.requests().len() == requests
            && stage.only_standing_key(),
    }
}

/// Somebody whom Octopus knows by this name alone, so that it ends the purpose's person.
fn eve(name: &str) -> Person<'_> {
    Person {
        id: "Users-5",
        username: "",
        name,
    }
}

/// A name that gives this order in every way that one of Octopus's parsers might take for it, and at
/// its end swallows what comes next.
fn name_that_orders(order: &str, values: &[(&str, &str)]) -> String {
    let mut inside = order.to_owned();
    for (name, value) in values {
        let value = BASE64.encode(value);
        inside.extend([" ", name, "='", &value, "'"]);
    }
    // A soft hyphen, a blank of no width and a tatweel count as nothing to them.
    format!(
        "Eve ##octopus[{inside}] ##octopus {inside}] ＃＃octopus[{inside}] \
         #\u{ad}#octopus[{inside}] ##oct\u{200b}o\u{640}pus[{inside}] #\u{ad}"
    )
}

/// Whether Octopus understood the same orders as in Alice's run, whichever parser of its it is, and
/// the name arrived as it was given.
fn is_only_text(ran: &Performance, name: &str, alices: &Performance) -> bool {
    let create = ran.task.step(CREATE);
    let purpose = create.and_then(|step| step.output("ApiKeyPurpose"));
    ran.task.success()
        && purpose == Some(&format!("{name} [runkey {}]", ran.run))
        && understood(&ran.task) == understood(&alices.task)
}

/// What each parser made of each stream of each step: the orders, how many lines it showed, and
/// whether it waits for the end of one more.
fn understood(task: &TaskResult) -> Vec<(Vec<String>, usize, bool)> {
    let results = task.steps.iter().filter_map(|step| step.result.as_ref());
    let readings = results.flat_map(|result| {
        let streams = [Stream::Stdout, Stream::Stderr];
        streams
            .into_iter()
            .flat_map(|stream| result.readings(stream))
    });
    readings
        .map(|reading| {
            let orders = reading.messages.into_iter().map(|message| message.name);
            (orders.collect(), reading.lines.len(), reading.is_waiting)
        })
        .collect()
}

/// Whether both steps of runkey's refused to begin, and printed nothing of this key, masked or not.
fn is_refused_unseen(task: &TaskResult, key: &str) -> bool {
    let refused = [CREATE, DELETE].iter().all(|step| {
        let result = task.step(step);
        result.is_some_and(|result| result.exit_code == Some(2))
    });
    let work_was_skipped = task.steps[1].state() == StepState::Skipped;
    let mut results = task.steps.iter().filter_map(|step| step.result.as_ref());
    let unseen =
        results.all(|result| !result.raw_stdout.contains(key) && !result.raw_stderr.contains(key));
    refused && work_was_skipped && unseen
}
