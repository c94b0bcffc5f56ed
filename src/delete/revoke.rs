//! Revokes keys, one after the other, and notes what became of each.

use super::Context;
use super::found::{Fate, Found, count, so_many};
use super::search;
use crate::octopus::{Deletion, Error};
use crate::output::Failure;
use crate::session::explain;

/// Revokes each key that is not spared, the one that runkey authenticates with last, and goes on
/// after a failure.
pub fn revoke_all(context: &Context<'_>, keys: &mut [Found]) -> Vec<Failure> {
    let console = context.console;
    let mut failures = Vec::new();
    for key in keys.iter_mut().filter(|key| key.fate == Fate::Found) {
        if let Err(error) = revoke(context, key) {
            let failure = lives_on(key, &error);
            console.warning(&failure.in_one_line());
            failures.push(failure);
        }
    }
    let gone = count(keys, Fate::Revoked) + count(keys, Fate::AlreadyGone);
    if gone > 0 {
        let target = context.target;
        console.highlight(&format!("Revoked {} of {target}.", so_many(gone)));
    }
    failures
}

/// Revokes a key, and says so; a failure is left to be told.
///
/// # Errors
/// When the key may live on.
pub fn revoke(context: &Context<'_>, key: &mut Found) -> Result<(), Error> {
    let id = &key.record.id;
    key.fate = Fate::LivesOn;
    key.fate = match delete(context, key)? {
        Deletion::Deleted => {
            let line = format!("Revoked {id}: {}.", key.in_words());
            context.console.info(&line);
            Fate::Revoked
        }
        Deletion::AlreadyGone => {
            let line = format!("The key {id} was gone already.");
            context.console.info(&line);
            Fate::AlreadyGone
        }
    };
    Ok(())
}

fn delete(context: &Context<'_>, key: &Found) -> Result<Deletion, Error> {
    let is_own = search::is_own(context.client, &key.record);
    match context.client.delete_key(context.owner, &key.record.id) {
        // An earlier attempt went through although its answer was lost: the key that authenticates
        // this very request is the key that is gone.
        Err(error) if is_own && error.is_dead_credential() && error.follows_lost_answer() => {
            Ok(Deletion::Deleted)
        }
        result => result,
    }
}

/// Says which key lives on, why, and until when.
pub fn lives_on(key: &Found, error: &Error) -> Failure {
    let id = &key.record.id;
    let until = match key.record.expires {
        Some(expires) => format!("it expires by itself at {expires:.0}"),
        None => "it never expires by itself".to_owned(),
    };
    explain(
        &format!("The key {id} could not be revoked, and {until}"),
        error,
    )
    .advise(&format!(
        "Run the step again, or delete {id} in Octopus, in the account's profile."
    ))
}
