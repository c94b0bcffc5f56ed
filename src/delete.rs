//! `runkey delete`: revokes every key of the run, or every expired key that runkey made.

use std::time::Duration;

use serde::Serialize;

use crate::advice;
use crate::cli::{Common, Delete, OutputFormat};
use crate::console::{self, Console};
use crate::failure::Failure;
use crate::octopus::{Client, Deletion, Error, Id, KeyRecord};
use crate::purpose;
use crate::report::{self, Ended, Fate};
use crate::search::{self, Search, Target};
use crate::session;
use crate::text;
use crate::which_key;

/// How long to keep trying unless told otherwise: longer than the other steps, since this one
/// closes the door.
const RETRY_FOR: Duration = Duration::from_mins(5);
/// What to say when not every key could be looked at.
const NOT_FOUND_LIVES_ON: &str =
    " Run the step again: a key that was not found lives until it expires by itself.";

/// What became of the keys that were found, by their ids.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Outcome {
    dry_run: bool,
    would_revoke: Vec<String>,
    revoked: Vec<String>,
    already_gone: Vec<String>,
    spared: Vec<String>,
    failed: Vec<String>,
}

impl Outcome {
    fn fates<'a>(&self, keys: &'a [KeyRecord]) -> Vec<(&'a KeyRecord, Fate)> {
        let is_in = |ids: &[String], key: &KeyRecord| ids.iter().any(|id| id == key.id.as_str());
        let fate = |key: &KeyRecord| match key {
            key if is_in(&self.revoked, key) => Fate::Revoked,
            key if is_in(&self.already_gone, key) => Fate::AlreadyGone,
            _ => Fate::LivesOn,
        };
        keys.iter().map(|key| (key, fate(key))).collect()
    }
}

/// Finds the keys, revokes them, and says what became of each.
///
/// # Errors
/// When a key of the run may live on, or none was there and one was required.
pub fn run(options: &Delete, common: &Common, console: Console) -> Result<(), Failure> {
    let target = search::target(options)?;
    which_key::check_owner(options.key.owner.as_deref())?;
    let client = session::client(
        common,
        session::address(common)?,
        session::credential()?,
        RETRY_FOR,
        console,
    )?;

    let owner = which_key::owner(&client, options.key.owner.as_deref())
        .map_err(|failure| failure.and_then(NOT_FOUND_LIVES_ON))?;
    let Search {
        keys,
        spared,
        broken_off,
    } = search::search(&client, &owner, &target);
    for key in &spared {
        console.warning(&format!("The key {} is spared: it has this purpose, but runkey authenticates with it. Give --run-by and --run-id, which name a run.", key.id));
    }
    let mut outcome = Outcome {
        dry_run: options.dry_run,
        spared: ids(&spared),
        ..Outcome::default()
    };
    let failures = if options.dry_run {
        outcome.would_revoke = ids(&keys);
        preview(&keys, console);
        Vec::new()
    } else {
        revoke_all(&client, &owner, &keys, &target, console, &mut outcome)
    };
    if console.format() == OutputFormat::Json {
        // Whether anyone reads the outcome changes nothing about the keys.
        let _ = console::write_out(&console::json_line(&outcome));
    }
    let lives_on = match &target {
        Target::Purpose(purpose) if !options.dry_run => {
            let ended = Ended {
                client: &client,
                owner: &owner,
                purpose,
                keys: outcome.fates(&keys),
            };
            report::attach(&ended, &options.report, console)
        }
        _ => report::decline(&options.report, console),
    };
    if let Some(failure) = failures.into_iter().next().or(lives_on) {
        return Err(failure);
    }
    if let Some(error) = broken_off {
        return Err(
            advice::explain(&format!("Cannot look for all keys of {target}"), &error)
                .and_then(NOT_FOUND_LIVES_ON),
        );
    }
    match (keys.is_empty(), spared.is_empty()) {
        (true, true) => none_found(&target, &owner, options.require, console),
        (true, false) if options.require => Err(none_of_use("other key", &target, &owner)),
        _ => Ok(()),
    }
}

fn ids(keys: &[KeyRecord]) -> Vec<String> {
    keys.iter().map(|key| key.id.to_string()).collect()
}

fn preview(keys: &[KeyRecord], console: Console) {
    for key in keys {
        console.info(&format!("Would revoke {}: {}.", key.id, describe(key)));
    }
    console.highlight(&format!(
        "{} would be revoked; nothing was changed (dry run).",
        count(keys.len())
    ));
}

/// Revokes each key, the one that runkey authenticates with last, and goes on after a failure.
fn revoke_all(
    client: &Client,
    owner: &Id,
    keys: &[KeyRecord],
    target: &Target,
    console: Console,
    outcome: &mut Outcome,
) -> Vec<Failure> {
    let mut failures = Vec::new();
    for (number, key) in keys.iter().enumerate() {
        let id = key.id.to_string();
        match revoke(client, owner, key) {
            Ok(Deletion::Deleted) => {
                console.info(&format!("Revoked {id}: {}.", describe(key)));
                outcome.revoked.push(id);
            }
            Ok(Deletion::AlreadyGone) => {
                console.info(&format!("The key {id} was gone already."));
                outcome.already_gone.push(id);
            }
            Err(error) => {
                let failure = lives_on(key, &error);
                console.warning(&failure.to_string());
                failures.push(failure);
                outcome.failed.push(id);
            }
        }
        if matches!(target, Target::Expired) {
            console.progress(
                (number + 1) * 100 / keys.len(),
                &format!("{} of {}", number + 1, count(keys.len())),
            );
        }
    }
    let gone = outcome.revoked.len() + outcome.already_gone.len();
    if gone > 0 {
        console.highlight(&format!("Revoked {} of {target}.", count(gone)));
    }
    failures
}

fn revoke(client: &Client, owner: &Id, key: &KeyRecord) -> Result<Deletion, Error> {
    let is_own = search::is_own(client, key);
    match client.delete_key(owner, &key.id) {
        // An earlier attempt went through although its answer was lost: the key that authenticates
        // this very request is the key that is gone.
        Err(error) if is_own && error.status() == Some(401) => Ok(Deletion::Deleted),
        result => result,
    }
}

fn lives_on(key: &KeyRecord, error: &Error) -> Failure {
    let until = match key.expires {
        Some(expires) => format!("it expires by itself at {expires:.0}"),
        None => "it never expires by itself".to_owned(),
    };
    advice::explain(
        &format!("The key {} could not be revoked, and {until}", key.id),
        error,
    )
    .and_then(&format!(
        " Run the step again, or delete {} in Octopus, in the account's profile.",
        key.id
    ))
}

fn none_found(
    target: &Target,
    owner: &Id,
    required: bool,
    console: Console,
) -> Result<(), Failure> {
    let failure = none_of_use("key", target, owner);
    let what = failure.what();
    match target {
        _ if required => return Err(failure),
        Target::Expired => console.info(&what),
        Target::Purpose(_) => console.warning(&format!(
            "{what} It was revoked before, or was never made, or is on another account."
        )),
    }
    Ok(())
}

fn none_of_use(what: &str, target: &Target, owner: &Id) -> Failure {
    Failure::new(
        format!("There is no {what} of {target} on the account {owner}."),
        "Check that the create step ran, and that this step has the same purpose and --owner (RUNKEY_OWNER).",
    )
}

fn describe(key: &KeyRecord) -> String {
    let text = text::excerpt(key.purpose.as_deref().unwrap_or_default());
    match purpose::parse(&text) {
        Some(run) => format!("{}, run {}", run.by, run.id),
        None => format!("'{text}'"),
    }
}

fn count(keys: usize) -> String {
    if keys == 1 {
        "1 key".to_owned()
    } else {
        format!("{keys} keys")
    }
}
