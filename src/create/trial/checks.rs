//! What the trial does with its keys, one function for each step of it.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::ControlFlow;

use jiff::SignedDuration;

use super::Trial;
use super::findings::{Check, Findings};
use super::keys::TrialKey;
use crate::duration;
use crate::octopus::{Access, Client, Credential, Event, KeyRecord};
use crate::stranger::Stranger;

/// A key that is later than asked by no more than this is what was asked for.
const EXPIRY_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);
/// A hint that says so much of a key tells it from others.
const TELLING_HINT: usize = 8;

/// Everything that is tried, in this order.
pub const ALL: [fn(&mut Trial<'_>); 7] = [make, work, read_only, find, tasks, revoke, audit];

/// A key is made, and is what was asked for.
fn make(Trial { findings, keys }: &mut Trial<'_>) {
    let life = duration::describe(keys.expires_in);
    let key = match keys.make(Access::Full) {
        Ok(key) => key,
        Err(error) => {
            let line = format!("No key that lives {life} could be made");
            findings.refused(Check::Made, &line, &error);
            return;
        }
    };
    let line = format!("A key that lives {life} was made.");
    findings.yes(Check::Made, &line, None);
    let stored = keys.client.key(keys.owner, &key.made.id);
    purpose(findings, &key, stored.as_ref().ok());
    expiry(findings, &key, keys.client);
    match &stored {
        Ok(record) => {
            access(findings, record);
            hint(findings, record, &key);
        }
        Err(error) => {
            let line = "The key's record could not be read by the credential";
            findings.unseen(Check::Access, line, error);
        }
    }
    keys.first = Some(key);
}

fn purpose(findings: &mut Findings, key: &TrialKey, record: Option<&KeyRecord>) {
    let is_kept =
        |purpose: Option<&Stranger>| purpose.map(Stranger::as_given) == Some(key.purpose.as_str());
    let in_record = record.is_none_or(|record| is_kept(record.purpose.as_ref()));
    if is_kept(key.made.purpose.as_ref()) && in_record {
        findings.yes(Check::Purpose, "The server kept its purpose.", None);
    } else {
        let line = "The server keeps another purpose than it was given.";
        findings.no(Check::Purpose, line, key.made.purpose.clone());
    }
}

fn expiry(findings: &mut Findings, key: &TrialKey, client: &Client) {
    let Some(expires) = key.made.expires else {
        let line = "The key never expires: Octopus Server knows expiry from version 2020.6 on.";
        findings.no(Check::Expiry, line, None);
        return;
    };
    let late = expires.duration_since(key.asked);
    let seen = Some(format!("{} s later than asked", late.as_secs()).into());
    if expires > client.now() && late <= EXPIRY_TOLERANCE {
        findings.yes(Check::Expiry, "The server kept its expiry.", seen);
    } else {
        let line = format!(
            "The key expires at {expires:.0}, not at {:.0} as it was asked to.",
            key.asked
        );
        findings.no(Check::Expiry, &line, seen);
    }
}

fn access(findings: &mut Findings, record: &KeyRecord) {
    match &record.access_level {
        Some(level) => {
            let line = format!("Its access level is '{level}', as its record says.");
            findings.yes(Check::Access, &line, Some(level.clone()));
        }
        None => {
            let line = "Its record says nothing of its access.";
            findings.open(Check::Access, line, None);
        }
    }
}

/// How long the hint is, and not what it says: it is a part of the key.
fn hint(findings: &mut Findings, record: &KeyRecord, key: &TrialKey) {
    let hint = record.hint.as_ref().map_or("", Stranger::as_given);
    let shared = key.made.secret.expose().chars().zip(hint.chars());
    let begins = shared.take_while(|(one, other)| one == other).count();
    let rest = hint.chars().count() - begins;
    let seen = Some(format!("{begins} + {rest}").into());
    if key.made.secret.fits_hint(hint, TELLING_HINT) {
        let more = match rest {
            0 => String::new(),
            _ => format!(", and {rest} signs for the others"),
        };
        let line = format!("Its hint is its first {begins} characters{more}.");
        findings.yes(Check::Hint, &line, seen);
    } else {
        let line = "Its hint does not tell it from other keys.";
        findings.no(Check::Hint, line, seen);
    }
}

/// The key is used, and looks itself up.
fn work(Trial { findings, keys }: &mut Trial<'_>) {
    let Some(key) = &keys.first else { return };
    if !Credential::can_be_sent(&key.made.secret) {
        let line = "The key cannot be sent: it is empty, or holds a character that no key has.";
        findings.no(Check::Works, line, None);
        return;
    }
    let client = keys
        .client
        .with_credential(Credential::ApiKey(key.made.secret.clone()));
    match client.me() {
        Ok(me) if me.id == *keys.owner => findings.yes(Check::Works, "The key works.", None),
        Ok(_) => {
            let line = "The key works for another account than the one it was made on.";
            findings.no(Check::Works, line, None);
        }
        Err(error) => {
            findings.refused(Check::Works, "The key does not work", &error);
            return;
        }
    }
    match client.key(keys.owner, &key.made.id) {
        Ok(_) => findings.yes(Check::OwnRecord, "It may read its own record.", None),
        Err(error) => {
            let line = "It may not read its own record";
            findings.unseen(Check::OwnRecord, line, &error);
        }
    }
}

/// A second key is made read-only, and tries to change something: itself.
fn read_only(Trial { findings, keys }: &mut Trial<'_>) {
    const CHECK: Check = Check::ReadOnly;
    if keys.first.is_none() {
        return;
    }
    let key = match keys.make(Access::ReadOnly) {
        Ok(key) => key,
        Err(error) => {
            findings.refused(CHECK, "No read-only key could be made", &error);
            return;
        }
    };
    let record = match keys.client.key(keys.owner, &key.made.id) {
        Ok(record) => record,
        Err(error) => {
            let line = "Whether a key is read-only could not be read";
            findings.unseen(CHECK, line, &error);
            return;
        }
    };
    let level = record.access_level.clone();
    if !record.is_read_only() {
        let shown = level.clone().unwrap_or_else(|| "unknown".into());
        let line = format!(
            "Read-only is not honoured: a key that was to be read-only has the access level '{shown}' instead."
        );
        findings.no(CHECK, &line, level);
        return;
    }
    let client = keys
        .client
        .with_credential(Credential::ApiKey(key.made.secret.clone()))
        .asking_once();
    match keys.revoke(&client, &key.made.id) {
        Err(error) if error.is_not_allowed() => {
            let line = "Read-only is honoured: a read-only key was kept from a change.";
            findings.yes(CHECK, line, level);
        }
        Err(error) => {
            let line = "A read-only key was made, but whether it is kept from changes was not seen";
            findings.unseen(CHECK, line, &error);
        }
        Ok(()) => {
            let line = "A key that the server calls read-only could revoke itself.";
            findings.no(CHECK, line, level);
        }
    }
}

/// The key is found as the delete step finds it.
fn find(Trial { findings, keys }: &mut Trial<'_>) {
    let Some(key) = &keys.first else { return };
    // Pages overlap, so a key may be shown twice.
    let shown = RefCell::new(HashSet::new());
    let is_it = |record: &KeyRecord| {
        shown.borrow_mut().insert(record.id.clone());
        record.id == key.made.id
    };
    let mut found = Vec::new();
    let run = key.purpose.run().map_or("", |run| run.id);
    let listed = keys
        .client
        .find_keys(keys.owner, Some(run), is_it, &mut found);
    if let Err(error) = listed {
        findings.refused(Check::Found, "The list of keys could not be read", &error);
        return;
    }
    if found.is_empty() {
        let line = "The list of keys does not show the key.";
        findings.no(Check::Found, line, None);
        return;
    }
    findings.yes(Check::Found, "The list of keys shows it.", None);
    let shown = shown.borrow().len();
    let seen = Some(format!("{shown} shown").into());
    if shown > 1 {
        let line = format!(
            "The list is not narrowed by partialPurpose: delete reads all {shown} keys of the account."
        );
        findings.no(Check::Narrowed, &line, seen);
    } else if keys.alive() > 1 {
        let line = "The list is narrowed by partialPurpose: delete reads only what it looks for.";
        findings.yes(Check::Narrowed, line, seen);
    } else {
        let line = "Whether the list is narrowed by partialPurpose could not be told.";
        findings.open(Check::Narrowed, line, seen);
    }
}

/// Tasks are looked at, as a sweep does to learn which runs are over.
fn tasks(Trial { findings, keys }: &mut Trial<'_>) {
    match keys.client.spaces_of_tasks() {
        Ok(shown) if shown.tasks == 0 => {
            let line = "No task was shown: there is none, or the account may not read them (permission TaskView).";
            findings.open(Check::Tasks, line, None);
        }
        Ok(shown) => {
            let spaces: Vec<_> = shown.spaces.iter().map(ToString::to_string).collect();
            let spaces = spaces.join(", ");
            let line = format!("Tasks can be read, of these spaces: {spaces} (newest tasks only).");
            let seen = format!("{} spaces", shown.spaces.len());
            findings.yes(Check::Tasks, &line, Some(seen.into()));
        }
        Err(error) => {
            findings.unseen(Check::Tasks, "Tasks cannot be read", &error);
        }
    }
}

/// The key revokes itself, so that the audit trail has something done by it, and is gone then. It is
/// not presented once more: that would be a failed login.
fn revoke(Trial { findings, keys }: &mut Trial<'_>) {
    let Some(key) = &keys.first else { return };
    let id = key.made.id.clone();
    let secret = key.made.secret.clone();
    let works = findings.hold(Check::Works);
    let own = keys
        .client
        .with_credential(Credential::ApiKey(secret))
        .asking_once();
    let by_itself = works.then(|| keys.revoke(&own, &id));
    if let Some(Ok(())) = by_itself {
        let seen = Some("by itself".into());
        findings.yes(Check::Revoked, "The key could revoke itself.", seen);
    } else {
        match keys.revoke(keys.client, &id) {
            Ok(()) => {
                let line = "The key was revoked by the credential, not by itself.";
                findings.yes(Check::Revoked, line, Some("by the credential".into()));
            }
            Err(error) => {
                findings.refused(Check::Revoked, "The key could not be revoked", &error);
                return;
            }
        }
    }
    match keys.client.key(keys.owner, &id) {
        Err(error) if error.is_unknown() => {
            findings.yes(Check::Gone, "Then its record was gone.", None);
        }
        Err(error) => {
            let line = "Whether its record was gone then could not be seen";
            findings.unseen(Check::Gone, line, &error);
        }
        Ok(_) => {
            let line = "Its record was still there afterwards.";
            findings.no(Check::Gone, line, None);
        }
    }
}

/// The audit trail is read, and names the key that revoked itself.
fn audit(Trial { findings, keys }: &mut Trial<'_>) {
    let id = keys.first.as_ref().map(|key| key.made.id.as_str());
    let mut own = None;
    let read = keys.client.events(keys.owner, keys.since, |event| {
        let related = event.related_document_ids.as_deref().unwrap_or_default();
        let is_end = event.category.as_ref().map(Stranger::as_given) == Some("Deleted")
            && related.iter().any(|other| Some(other.as_given()) == id);
        if is_end {
            own = Some(event);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    if let Err(error) = read {
        let line = "The audit trail cannot be read";
        findings.unseen(Check::AuditTrail, line, &error);
        return;
    }
    let line = "The audit trail can be read.";
    findings.yes(Check::AuditTrail, line, None);
    match (&own, &keys.first) {
        (Some(event), Some(key)) => named(findings, event, key),
        _ => findings.open(Check::Named, "It shows nothing done by the key, yet.", None),
    }
}

fn named(findings: &mut Findings, event: &Event, key: &TrialKey) {
    let by_purpose = event.key_of_purpose(key.purpose.as_str()).is_some();
    let id = event.api_key_id.as_ref().map(Stranger::as_given);
    let by_id = id == Some(key.made.id.as_str());
    let seen = event.identity_established_with.clone();
    match (by_purpose, by_id) {
        (true, true) => {
            let line = "It names the key by its quoted purpose and by its id (ApiKeyId).";
            findings.yes(Check::Named, line, seen);
        }
        (true, false) => {
            let line = "It names the key by its quoted purpose, not by its id (ApiKeyId).";
            findings.yes(Check::Named, line, seen);
        }
        (false, true) => {
            let line = "It names the key by its id (ApiKeyId), not by its quoted purpose.";
            findings.yes(Check::Named, line, seen);
        }
        (false, false) => {
            let line = "It names the key neither by its quoted purpose nor by its id.";
            findings.no(Check::Named, line, seen);
        }
    }
}
