//! `--ended` beside one run's keys: a few keys of other runs, so that the key of a run that was
//! cancelled dies with a later one. A hundred runs may end at once on one account, and this must
//! neither cost them their rate limit nor fail them.

use std::collections::HashMap;
use std::time::Duration;

use jiff::SignedDuration;

use super::super::Context;
use super::super::found::{Fate, Found};
use super::super::revoke::{lives_on, revoke};
use super::super::search::is_own;
use super::asking::is_hidden;
use super::{PART, judge};
use crate::octopus::{Client, Error, KeyRecord, Task};

/// How many keys are looked at, so that there are five requests at most.
const KEYS: usize = 3;
/// How long it may take, all requests together.
const LONGEST: Duration = Duration::from_secs(10);
/// A younger key is most likely that of a run under way.
const YOUNGEST: SignedDuration = SignedDuration::from_mins(10);

/// Revokes a few keys of the account that are over. Whatever goes wrong is a line of the log for those
/// who want to see it. `keys` are those of the run itself.
pub fn tidy_up(context: &Context<'_>, keys: &[Found], is_dry_run: bool) -> Vec<Found> {
    let may_be_dead = |key: &Found| {
        let is_gone = !matches!(key.fate, Fate::Found | Fate::Spared);
        is_gone && may_be_own(context.client, &key.record)
    };
    if keys.iter().any(may_be_dead) {
        return Vec::new();
    }
    let client = context.client.without_retries(LONGEST);
    let context = Context {
        client: &client,
        ..*context
    };
    let mut over = Vec::new();
    if let Err(error) = sweep(&context, keys, is_dry_run, &mut over) {
        context.console.detail(&format!(
            "Other runs' keys are left to a later run, or to their expiry: {error}."
        ));
    }
    over
}

fn sweep(
    context: &Context<'_>,
    of_this_run: &[Found],
    is_dry_run: bool,
    over: &mut Vec<Found>,
) -> Result<(), Error> {
    let Context {
        client, console, ..
    } = *context;
    let mut keys = client.newest_keys(context.owner, PART)?;
    let Some(now) = client.surely_now() else {
        return Ok(());
    };
    keys.retain(|key| {
        let is_old = key
            .created
            .is_some_and(|created| now.duration_since(created) > YOUNGEST);
        let may_be_over = judge::task_of(key).is_some()
            || judge::is_of_a_run(key) && judge::by_expiry(key, now).is_some();
        let is_of_this_run = of_this_run.iter().any(|found| found.record.id == key.id);
        is_old && may_be_over && !is_of_this_run && !is_own(client, key)
    });
    fastrand::shuffle(&mut keys);
    keys.truncate(KEYS);
    let tasks = tasks_of(&keys, context)?;
    for key in keys {
        let by_task = || {
            let task = tasks.get(judge::task_of(&key)?.as_str())?;
            judge::by_task(&key, task)
        };
        let Some(why) = judge::by_expiry(&key, now).or_else(by_task) else {
            continue;
        };
        let mut found = Found::in_sweep(key, why);
        if is_dry_run {
            let (id, what) = (&found.record.id, found.in_words());
            console.info(&format!("Would revoke {id}: {what}."));
        } else if let Err(error) = revoke(context, &mut found) {
            console.detail(&lives_on(&found, &error).in_one_line());
            if !is_hidden(&error) || error.is_dead_credential() {
                over.push(found);
                return Ok(());
            }
        }
        over.push(found);
    }
    Ok(())
}

/// The tasks of those keys that a task has to judge, as far as the server shows them in one answer.
fn tasks_of(keys: &[KeyRecord], context: &Context<'_>) -> Result<HashMap<String, Task>, Error> {
    let mut ids: Vec<_> = keys.iter().filter_map(judge::task_of).collect();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let tasks = match context.client.tasks(&ids) {
        Err(error) if is_hidden(&error) => {
            let console = context.console;
            console.detail(&format!(
                "Whether other runs are over is not known: {error}."
            ));
            Vec::new()
        }
        answer => answer?,
    };
    let by_id = |task: Task| (task.id.as_str().to_owned(), task);
    Ok(tasks.into_iter().map(by_id).collect())
}

/// Whether runkey may authenticate with this key: only a hint that says otherwise excludes it.
fn may_be_own(client: &Client, key: &KeyRecord) -> bool {
    let hint = key.hint.as_ref().map_or("", |hint| hint.as_given());
    client.credential().fits_hint(hint, 0)
}
