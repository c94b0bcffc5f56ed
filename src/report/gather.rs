//! Collects what the report says: from the keys that were found, and from the audit trail.

use std::ops::ControlFlow;

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

use super::Ended;
use super::facts::{Change, FORMAT, Facts, Key, Owner, Run};
use super::links;
use super::proof::Proof;
use crate::cli::Report;
use crate::console::Console;
use crate::octopus::{Client, Error, Event};
use crate::text::defuse;

/// How far back to look when nobody knows since when the key was there.
const ASSUMED_AGE: SignedDuration = SignedDuration::from_hours(24);

/// Reads the audit trail since the keys were made, and keeps what was done with them.
///
/// # Errors
/// When the audit trail could not be read to its end: half of it would be no answer.
pub fn gather(
    client: &Client,
    ended: &Ended<'_>,
    options: &Report,
    proof: Proof,
    console: Console,
) -> Result<Facts, Error> {
    let purpose = ended.purpose.as_str();
    let mut keys: Vec<Key> = ended
        .keys
        .iter()
        .map(|(key, fate)| Key::of(key, *fate))
        .collect();
    if let Some(id) = options
        .key_id
        .as_deref()
        .map(defuse)
        .filter(|_| keys.is_empty())
    {
        keys.push(Key::gone(id));
    }
    let (since, since_is_known) = since(&keys, options, client.now(), console);

    let mut events = Vec::new();
    client.events(ended.owner, since, |event| {
        if is_of_run(&event, &keys, purpose) {
            events.push(event);
        }
        ControlFlow::Continue(())
    })?;
    for event in &events {
        learn(&mut keys, event, purpose);
    }
    events.sort_by_key(|event| event.occurred);
    let base = client.address().as_str();
    let run = ended.purpose.run();
    Ok(Facts {
        format: FORMAT,
        made_by: concat!("runkey ", env!("CARGO_PKG_VERSION")),
        made_at: whole_seconds(client.now()),
        server: base.to_owned(),
        run: Run {
            purpose: defuse(purpose),
            by: run.map(|run| defuse(run.by)),
            id: run.map(|run| defuse(run.id)),
            link: run.and_then(|run| links::task(base, options.space.as_deref()?, run.id)),
        },
        owner: Owner {
            id: ended.owner.to_string(),
            username: events
                .iter()
                .find_map(|event| event.username.as_deref().map(defuse)),
        },
        keys,
        proof,
        since,
        since_is_known,
        changes: events
            .into_iter()
            .map(|event| Change::of(event, base))
            .collect(),
    })
}

/// The server tells its time in whole seconds; a fraction would be this machine's.
fn whole_seconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

/// Since when a key of the run may have been used, and whether that is known.
fn since(keys: &[Key], options: &Report, now: Timestamp, console: Console) -> (Timestamp, bool) {
    if let Some(created) = keys.iter().filter_map(|key| key.created).min() {
        return (created, true);
    }
    let given = options.since.as_deref().map(|text| (text, text.parse()));
    if let Some((_, Ok(since))) = given {
        return (since, true);
    }
    if let Some((text, Err(_))) = given {
        console.warning(&format!(
            "'{text}', given as --since (RUNKEY_SINCE), is no time such as 2026-09-15T09:00:00Z."
        ));
    }
    console.warning("Since when the key was there is not known, so the audit report looks back 24 hours. --since (RUNKEY_SINCE) tells it more.");
    (now.checked_sub(ASSUMED_AGE).unwrap_or(now), false)
}

/// Whether this was done with a key of the run: by the key's id where both sides know it, else by
/// the purpose.
fn is_of_run(event: &Event, keys: &[Key], purpose: &str) -> bool {
    match &event.api_key_id {
        Some(id) if !keys.is_empty() => keys.iter().any(|key| key.id == *id),
        _ => event.key_of_purpose(purpose).is_some(),
    }
}

/// Takes from an event what it tells of a key whose record is gone.
fn learn(keys: &mut Vec<Key>, event: &Event, purpose: &str) {
    let Some(id) = event.api_key_id.as_deref().map(defuse) else {
        return;
    };
    if !keys.iter().any(|key| key.id == id) {
        keys.push(Key::gone(id.clone()));
    }
    for key in keys.iter_mut().filter(|key| key.id == id) {
        let created = || rfc2822::parse(event.key_of_purpose(purpose)?).ok();
        key.hint = key
            .hint
            .take()
            .or_else(|| event.api_key_hint.as_deref().map(defuse));
        key.created = key.created.or_else(|| Some(created()?.timestamp()));
        key.last_used = key.last_used.max(Some(event.occurred));
    }
}
