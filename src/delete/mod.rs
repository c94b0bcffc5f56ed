//! `runkey delete`: revokes every key of the run, or every key that runkey made for a run that is over.

mod found;
mod known;
mod report;
mod revoke;
mod search;
mod sweep;

use std::time::Duration;

use crate::cli::Delete;
use crate::key::{Purpose, owner};
use crate::octopus::{Client, Id};
use crate::output::{Console, Failure};
use crate::session::{Session, explain};
pub use found::Outcome;
use found::{Fate, Found, count, so_many};
pub use known::{Ended, Known};
pub use report::check_name as check_report_name;
use search::{Search, Target};

/// How long to keep trying unless told otherwise: longer than the other steps, since this one
/// closes the door.
pub const RETRY_FOR: Duration = Duration::from_mins(5);
/// What to say when not every key could be looked at.
const NOT_FOUND_LIVES_ON: &str =
    "Run the step again: a key that was not found lives until it expires by itself.";

/// What every part of the step works with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub client: &'a Client,
    pub owner: &'a Id,
    pub target: &'a Target,
    pub console: Console,
}

/// Finds the keys, revokes them, and says what became of each.
///
/// # Errors
/// When a key that was to go may live on, or none was there and one was required.
pub fn run(options: &Delete, session: &Session<'_>) -> Result<(), Failure> {
    let target = search::target(options, session)?;
    owner::check_given(options.key.owner.as_ref(), &session.every_secret())?;
    let client = session.open(RETRY_FOR)?;

    let owner = owner::find(&client, options.key.owner.as_ref())
        .map_err(|failure| failure.advise(NOT_FOUND_LIVES_ON))?;
    let context = Context {
        client: &client,
        owner: &owner,
        target: &target,
        console: session.console,
    };
    match &target {
        Target::Purpose(purpose) => end_run(&context, purpose, options, session),
        Target::Sweep(reach) => sweep::run(&context, *reach, options.dry_run),
    }
}

/// Revokes the keys of one run, and a few of other runs if that is asked for.
fn end_run(
    context: &Context<'_>,
    purpose: &Purpose,
    options: &Delete,
    session: &Session<'_>,
) -> Result<(), Failure> {
    let console = context.console;
    let mut search = search::search(context, purpose);
    for key in search.keys.iter().filter(|key| key.fate == Fate::Spared) {
        console.warning(&format!("The key {} is spared: it has this purpose, but runkey authenticates with it. Give --run-by and --run-id, which name a run.", key.record.id));
    }
    let (failures, accepted) = if options.dry_run {
        preview(&search.keys, console);
        report::decline(&options.report, console);
        (Vec::new(), None)
    } else {
        let failures = revoke::revoke_all(context, &mut search.keys);
        let accepted = report::attach(context, purpose, &mut search, &options.report, session);
        (failures, accepted)
    };
    // The run's own comes first: nothing of it waits for this, or depends on it.
    let others = if options.ended {
        sweep::beside::tidy_up(context, &search.keys, options.dry_run)
    } else {
        Vec::new()
    };
    let outcome = Outcome::of(&search.keys, options.dry_run);
    console.result(&if options.ended {
        outcome.swept(context.owner, &others)
    } else {
        outcome
    });
    match failures.into_iter().next().or(accepted) {
        Some(failure) => Err(failure),
        None => conclude(search, context, options),
    }
}

/// What is left to say when every key that was found is gone.
fn conclude(search: Search, context: &Context<'_>, options: &Delete) -> Result<(), Failure> {
    if let Some(error) = search.broken_off {
        let task = format!("Cannot look for all keys of {}", context.target);
        return Err(explain(&task, &error).advise(NOT_FOUND_LIVES_ON));
    }
    if let Some(key) = search.keys.iter().find(|key| key.fate == Fate::Spared)
        && !options.dry_run
    {
        return Err(Failure::new(
            format!(
                "The key {} lives on: it has this purpose, and runkey authenticates with it.",
                key.record.id
            ),
            "Give --run-by and --run-id (RUNKEY_RUN_BY and RUNKEY_RUN_ID), which name a run, or another credential.",
        ));
    }
    if search.keys.is_empty() {
        return none_found(context, options.require);
    }
    Ok(())
}

fn preview(keys: &[Found], console: Console) {
    for key in keys.iter().filter(|key| key.fate == Fate::Found) {
        let id = &key.record.id;
        console.info(&format!("Would revoke {id}: {}.", key.in_words()));
    }
    console.highlight(&format!(
        "{} would be revoked; nothing was changed (dry run).",
        so_many(count(keys, Fate::Found))
    ));
}

fn none_found(context: &Context<'_>, required: bool) -> Result<(), Failure> {
    let what = format!(
        "There is no key of {} on the account {}.",
        context.target, context.owner
    );
    if required {
        return Err(Failure::new(
            what,
            "Check that the create step ran, and that this step has the same purpose and --owner (RUNKEY_OWNER).",
        ));
    }
    context.console.warning(&format!(
        "{what} It was revoked before, or was never made, or is on another account."
    ));
    Ok(())
}
