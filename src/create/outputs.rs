//! The output variables of the create step, and how the key is passed to the steps that follow.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use octopus::{ApiKey, Client, KeyRecord};

use super::Identity;
use crate::cli::duration;
use crate::output::{Failure, Output};
use crate::run::{Context, Owner, RunId, purpose};

/// Passes on what the delete step needs to find a key, before any can exist: a response that is lost,
/// or a step that is killed, leaves none behind that cannot be found.
pub fn announce(identity: &Identity, owner: &Owner, context: &Context<'_>) -> Result<(), Failure> {
    let outputs = of_run(identity, owner);
    context
        .reporter
        .announce(&outputs)
        .map_err(|error| not_written(&error))
}

/// Passes the key on: to the worker, to a program that reads JSON, or to a person.
pub fn pass_key(
    key: &ApiKey,
    identity: &Identity,
    owner: &Owner,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let expires = key.record.expires.map(|expires| expires.to_string());
    let lost = key.possible_duplicate.map(|lost| lost.to_string());
    let mut outputs = vec![Output::new("ApiKeyId", key.record.id.as_str())];
    outputs.extend(
        expires
            .as_deref()
            .map(|expires| Output::new("ApiKeyExpires", expires)),
    );
    outputs.extend(lost.as_deref().map(|lost| Output::new(INDETERMINATE, lost)));
    if key.possible_duplicate.is_some() {
        context.reporter.warning("The response to an earlier request was lost: it may have created a second key (possible duplicate), which is revoked with this one.");
    }
    let passed = context
        .reporter
        .pass_key(&key.secret, &of_run(identity, owner), &outputs);
    passed.map_err(|error| not_written(&error))
}

/// When a POST was sent whose response was lost.
const INDETERMINATE: &str = "ApiKeyIndeterminate";

/// Passes on when a POST was sent whose response was lost, where there is no key.
pub fn pass_lost_post(lost: Option<Timestamp>, context: &Context<'_>) {
    if let Some(lost) = lost {
        let lost = lost.to_string();
        // The step fails already; what the delete step was given before is enough to find the key.
        let _ = context
            .reporter
            .announce(&[Output::new(INDETERMINATE, &lost)]);
    }
}

fn of_run<'a>(identity: &'a Identity, owner: &'a Owner) -> Vec<Output<'a>> {
    let run = identity.run.as_ref();
    let mut outputs: Vec<_> = run
        .map(|run| Output::new("ApiKeyRunId", run.as_str()))
        .into_iter()
        .collect();
    outputs.push(Output::new("ApiKeyPurpose", identity.purpose.as_str()));
    outputs.push(Output::new("ApiKeyOwnerId", owner.id.as_str()));
    outputs
}

fn not_written(error: &io::Error) -> Failure {
    Failure::new(
        format!("Cannot pass the key on: {error}."),
        "Connect both standard streams to the Octopus worker, a pipe that is read, or a file with free space.",
    )
}

/// One line: whose key was created for which run, and until when it is valid.
pub fn summary(key: &KeyRecord, client: &Client) -> String {
    let purpose = key.purpose.clone().unwrap_or_default();
    let person = purpose::person(&purpose);
    let run = RunId::of_purpose(purpose.raw()).map(|(_, run)| format!(", run {run}"));
    let created = format!(
        "Created API key {} for {person}{}.",
        key.id,
        run.unwrap_or_default()
    );
    let Some(expires) = key.expires else {
        return created;
    };
    let left = Duration::try_from(expires.duration_since(client.now())).unwrap_or_default();
    let left = duration::describe(
        Duration::from_secs((left.as_secs() + 30) / 60 * 60).max(left.min(Duration::from_mins(1))),
    );
    format!("{created} Expires in {left}, at {expires:.0}.")
}
