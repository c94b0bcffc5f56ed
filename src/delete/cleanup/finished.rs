//! Which keys are of finished runs.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use octopus::{Client, Error, ErrorKind, Id, KeyRecord, MAX_TASKS, Task};

use super::{Judged, Reason};
use crate::output::Failure;
use crate::run::{Context, RunId, is_own};

/// How far a key's creation may lie outside its task's time: different nodes write the two.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);
/// How long a key must have been expired: clocks differ, and an expired key does no harm.
const EXPIRED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// What is known of a task.
enum Known {
    Task(Task),
    NotFound,
    NotReadable,
}

/// Judges each key by its expiry and by its run's task.
///
/// # Errors
/// When the server cannot be asked for tasks.
pub fn judge(
    keys: Vec<KeyRecord>,
    client: &Client,
    context: &Context<'_>,
) -> Result<Vec<Judged>, Failure> {
    let open: BTreeSet<String> = keys
        .iter()
        .filter(|key| !has_expired(key, client))
        .filter_map(|key| Some(task_of(key)?.as_str().to_owned()))
        .collect();
    let ids: Vec<Id> = open.iter().filter_map(|id| Id::new(id)).collect();
    let tasks = tasks(&ids, client, context)?;
    let judge = |key: KeyRecord| Judged {
        reason: reason(&key, &tasks, client),
        key,
    };
    Ok(keys.into_iter().map(judge).collect())
}

fn reason(key: &KeyRecord, tasks: &HashMap<Id, Known>, client: &Client) -> Reason {
    if is_own(client, key) {
        return Reason::Own;
    }
    if has_expired(key, client) {
        return Reason::Expired;
    }
    let Some(id) = task_of(key) else {
        return Reason::NoTask;
    };
    let task = match tasks.get(&id) {
        Some(Known::Task(task)) => task,
        Some(Known::NotReadable) => return Reason::TasksNotReadable,
        Some(Known::NotFound) | None => return Reason::TaskNotFound,
    };
    let Some(outcome) = task.outcome() else {
        return Reason::InProgress;
    };
    let (Some(created), Some(started), Some(completed)) =
        (key.created, task.started, task.completed)
    else {
        return Reason::OtherTime;
    };
    // A task of the same number on another server must not end an active run's key.
    let is_within =
        created.duration_since(started) >= -MARGIN && completed.duration_since(created) >= -MARGIN;
    if is_within {
        Reason::Finished(outcome)
    } else {
        Reason::OtherTime
    }
}

/// By the server's clock and by this machine's.
fn has_expired(key: &KeyRecord, client: &Client) -> bool {
    let now = client.now().min(Timestamp::now());
    key.expires
        .is_some_and(|expires| now.duration_since(expires) > EXPIRED_FOR)
}

fn task_of(key: &KeyRecord) -> Option<Id> {
    let (_, run) = RunId::of_purpose(key.purpose.as_ref()?.raw())?;
    run.task()
}

/// Asks for the tasks in batches; for what a batch does not give, one by one: a server may not know
/// the parameter `ids`.
fn tasks(
    ids: &[Id],
    client: &Client,
    context: &Context<'_>,
) -> Result<HashMap<Id, Known>, Failure> {
    let mut known = HashMap::new();
    for (done, batch) in ids.chunks(MAX_TASKS).enumerate() {
        let tasks = match client.tasks(batch) {
            Ok(tasks) => tasks,
            Err(error) if is_not_readable(&error) => Vec::new(),
            Err(error) => return Err(not_asked(&error)),
        };
        known.extend(
            tasks
                .into_iter()
                .map(|task| (task.id.clone(), Known::Task(task))),
        );
        for id in batch {
            if !known.contains_key(id) {
                known.insert(id.clone(), one(id, client)?);
            }
        }
        let asked = ((done + 1) * MAX_TASKS).min(ids.len());
        context
            .reporter
            .progress(0, &format!("Read {asked} of {} tasks.", ids.len()));
    }
    Ok(known)
}

fn one(id: &Id, client: &Client) -> Result<Known, Failure> {
    match client.task(id) {
        Ok(Some(task)) => Ok(Known::Task(task)),
        Ok(None) => Ok(Known::NotFound),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Known::NotFound),
        Err(error) if is_not_readable(&error) => Ok(Known::NotReadable),
        Err(error) => Err(not_asked(&error)),
    }
}

fn is_not_readable(error: &Error) -> bool {
    error.kind == ErrorKind::Forbidden
}

fn not_asked(error: &Error) -> Failure {
    Failure::from_error("Cannot read the tasks of the runs", error)
}
