//! `runkey delete`: revokes every key of the run, or every expired key that runkey made.

use std::time::Duration;

use crate::advice;
use crate::cli::{Common, Delete, OutputFormat};
use crate::console::{self, Console};
use crate::failure::Failure;
use crate::octopus::{Id, KeyRecord};
use crate::report::{self, Ended};
use crate::revoke::{self, Outcome, count, describe};
use crate::search::{self, Search, Target};
use crate::session;
use crate::which_key;

/// How long to keep trying unless told otherwise: longer than the other steps, since this one
/// closes the door.
const RETRY_FOR: Duration = Duration::from_mins(5);
/// What to say when not every key could be looked at.
const NOT_FOUND_LIVES_ON: &str =
    " Run the step again: a key that was not found lives until it expires by itself.";

/// Finds the keys, revokes them, and says what became of each.
///
/// # Errors
/// When a key of the run may live on, or none was there and one was required.
pub fn run(options: &Delete, common: &Common, console: Console) -> Result<(), Failure> {
    let target = search::target(options)?;
    which_key::check_owner(options.key.owner.as_deref())?;
    let client = session::open(common, RETRY_FOR, console)?;

    let owner = which_key::owner(&client, options.key.owner.as_deref())
        .map_err(|failure| failure.and_then(NOT_FOUND_LIVES_ON))?;
    let found = search::search(&client, &owner, &target);
    for key in &found.spared {
        console.warning(&format!("The key {} is spared: it has this purpose, but runkey authenticates with it. Give --run-by and --run-id, which name a run.", key.id));
    }
    let mut outcome = Outcome {
        dry_run: options.dry_run,
        spared: ids(&found.spared),
        ..Outcome::default()
    };
    let failures = if options.dry_run {
        outcome.would_revoke = ids(&found.keys);
        preview(&found.keys, console);
        Vec::new()
    } else {
        revoke::revoke_all(&client, &owner, &found.keys, &target, console, &mut outcome)
    };
    if console.format() == OutputFormat::Json {
        // Whether anyone reads the outcome changes nothing about the keys.
        let _ = console::write_out(&console::json_line(&outcome));
    }
    let accepted = match &target {
        Target::Purpose(purpose) if !options.dry_run => {
            let ended = Ended {
                client: &client,
                owner: &owner,
                purpose,
                keys: outcome.fates(&found.keys),
            };
            report::attach(&ended, &options.report, console)
        }
        _ => report::decline(&options.report, console),
    };
    match failures.into_iter().next().or(accepted) {
        Some(failure) => Err(failure),
        None => conclude(found, &target, &owner, options.require, console),
    }
}

/// What is left to say when every key that was found is gone.
fn conclude(
    found: Search,
    target: &Target,
    owner: &Id,
    required: bool,
    console: Console,
) -> Result<(), Failure> {
    if let Some(error) = found.broken_off {
        return Err(
            advice::explain(&format!("Cannot look for all keys of {target}"), &error)
                .and_then(NOT_FOUND_LIVES_ON),
        );
    }
    match (found.keys.is_empty(), found.spared.is_empty()) {
        (true, true) => none_found(target, owner, required, console),
        (true, false) if required => Err(none_of_use("other key", target, owner)),
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
