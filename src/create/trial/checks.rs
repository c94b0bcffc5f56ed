//! What the trial does with its keys while they live.

use std::cell::RefCell;
use std::collections::HashSet;

use super::Trial;
use super::findings::Check;
use crate::octopus::{Access, Credential, KeyRecord};

/// The key is used, and looks itself up.
pub fn work(Trial { findings, keys }: &mut Trial<'_>) {
    let Some(key) = &keys.first else { return };
    if !Credential::can_be_sent(&key.made.secret) {
        let line = "The key cannot be sent: it is empty, or holds a character that no key has.";
        findings.no(Check::Works, line, None);
        return;
    }
    let client = keys.as_key(key);
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
pub fn read_only(Trial { findings, keys }: &mut Trial<'_>) {
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
    if !Credential::can_be_sent(&key.made.secret) {
        let line =
            "The read-only key cannot be sent, so whether it is kept from changes was not seen.";
        findings.open(CHECK, line, level);
        return;
    }
    match keys.revoke_itself(&key) {
        Err(error) if error.is_not_allowed() => {
            let line = "Read-only is honoured: a read-only key was kept from a change.";
            findings.yes(CHECK, line, level);
        }
        Err(error) => {
            let line = "A read-only key was made, but whether it is kept from changes was not seen";
            findings.unseen(CHECK, line, &error);
        }
        Ok(false) => {
            let line = "A read-only key is not known to the server when it asks for a change.";
            findings.open(CHECK, line, level);
        }
        Ok(true) => {
            let line = "A key that the server calls read-only could revoke itself.";
            findings.no(CHECK, line, level);
        }
    }
}

/// The key is found as the delete step finds it.
pub fn find(Trial { findings, keys }: &mut Trial<'_>) {
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
pub fn tasks(Trial { findings, keys }: &mut Trial<'_>) {
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
