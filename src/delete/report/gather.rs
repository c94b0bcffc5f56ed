//! Collects what the report says: from the keys that were found, and from the audit trail.

use std::collections::HashSet;
use std::ops::ControlFlow;

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

use super::end::End;
use super::facts::{Change, FORMAT, Facts, Key, Owner, Run};
use super::links;
use super::proof::Proof;
use super::sum::Sum;
use crate::cli::Report;
use crate::delete::Context;
use crate::delete::search::Search;
use crate::key::Purpose;
use crate::octopus::{Error, Event};
use crate::output::Console;

/// How far back to look when nobody knows since when the key was there.
const ASSUMED_AGE: SignedDuration = SignedDuration::from_hours(24);

/// Reads the audit trail since the keys were made, and keeps what was done with them.
///
/// # Errors
/// When the audit trail could not be read to its end: half of it would be no answer.
pub fn gather(
    context: &Context<'_>,
    purpose: &Purpose,
    search: &Search,
    options: &Report,
    proof: &Proof,
) -> Result<Facts, Error> {
    let client = context.client;
    let found = search.keys.iter().zip(&proof.records);
    let mut keys: Vec<Key> = found.map(|(found, kept)| Key::of(found, *kept)).collect();
    if let Some(id) = options.key_id.clone().filter(|_| keys.is_empty()) {
        keys.push(Key::gone(id));
    }
    let (since, since_is_known) = since(&keys, client.now(), context.console);
    let events = read(context, since, &keys, purpose)?;
    for event in &events {
        learn(&mut keys, event, purpose);
    }
    let base = client.address().as_str();
    let run = purpose.run();
    let username = events.iter().find_map(|event| event.username.clone());
    let changes: Vec<Change> = events
        .into_iter()
        .map(|event| Change::of(event, base))
        .collect();
    Ok(Facts {
        format: FORMAT,
        made_by: concat!("runkey ", env!("CARGO_PKG_VERSION")),
        made_at: whole_seconds(client.now()),
        server: base.to_owned(),
        run: Run {
            purpose: purpose.as_str().into(),
            by: run.map(|run| run.by.into()),
            id: run.map(|run| run.id.into()),
            link: run.and_then(|run| links::task(base, options.space.as_ref()?.as_given(), run.id)),
        },
        owner: Owner {
            id: context.owner.as_str().into(),
            username,
        },
        end: End::of(&keys, proof.presented, search.broken_off.is_none()),
        keys,
        presented: proof.presented,
        since,
        since_is_known,
        sum: Sum::of(&changes),
        changes,
    })
}

/// The events of the run, the oldest first, each once.
fn read(
    context: &Context<'_>,
    since: Timestamp,
    keys: &[Key],
    purpose: &Purpose,
) -> Result<Vec<Event>, Error> {
    let mut events = Vec::new();
    let mut seen = HashSet::new();
    context.client.events(context.owner, since, |event| {
        if is_of_run(&event, keys, purpose) && seen.insert(event.id.clone()) {
            events.push(event);
        }
        ControlFlow::Continue(())
    })?;
    // The newest came first; of those of one moment too.
    events.reverse();
    events.sort_by_key(|event| event.occurred);
    Ok(events)
}

/// The server tells its time in whole seconds; a fraction would be this machine's.
fn whole_seconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

/// Since when a key of the run may have been used, and whether that is known.
fn since(keys: &[Key], now: Timestamp, console: Console) -> (Timestamp, bool) {
    if let Some(created) = keys.iter().filter_map(|key| key.created).min() {
        return (created, true);
    }
    console.warning("When the key was made is not known, so the audit report looks back 24 hours.");
    (now.checked_sub(ASSUMED_AGE).unwrap_or(now), false)
}

/// Whether this was done with a key of the run: by the key's id or by the purpose, for either may be
/// missing, and a key that was gone before has no record here.
fn is_of_run(event: &Event, keys: &[Key], purpose: &Purpose) -> bool {
    let id = event.api_key_id.as_ref();
    id.is_some_and(|id| keys.iter().any(|key| key.id == *id))
        || event.key_of_purpose(purpose.as_str()).is_some()
}

/// Takes from an event what it tells of a key whose record is gone.
fn learn(keys: &mut Vec<Key>, event: &Event, purpose: &Purpose) {
    let Some(id) = &event.api_key_id else {
        return;
    };
    if !keys.iter().any(|key| key.id == *id) {
        keys.push(Key::gone(id.clone()));
    }
    for key in keys.iter_mut().filter(|key| key.id == *id) {
        let created = || rfc2822::parse(event.key_of_purpose(purpose.as_str())?).ok();
        key.hint = key.hint.take().or_else(|| event.api_key_hint.clone());
        key.created = key.created.or_else(|| Some(created()?.timestamp()));
        key.last_used = key.last_used.max(Some(event.occurred));
    }
}
