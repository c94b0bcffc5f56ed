//! The end of a one-step run: its key is known, and whoever made it is still there.

use super::found::{Fate, Found, Outcome};
use super::report::proof::{self, Record};
use super::revoke::{lives_on, revoke, revoke_all};
use super::search::{self, Search, Target};
use super::{Context, NOT_FOUND_LIVES_ON, report};
use crate::cli::Report;
use crate::key::Purpose;
use crate::octopus::{Client, Credential, Id, KeyRecord, MadeKey};
use crate::output::Failure;
use crate::session::{Session, explain};

/// A run whose key is to end.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub client: &'a Client,
    pub owner: &'a Id,
    pub purpose: &'a Purpose,
    /// The key; nothing if none was received.
    pub made: Option<&'a MadeKey>,
    /// Whether a key that nobody received may have been made.
    pub may_have_twin: bool,
    pub report: &'a Report,
}

/// What became of the run's keys.
#[derive(Debug)]
pub struct Ended {
    keys: Vec<Found>,
    /// Why a key may live on, if one may.
    pub failure: Option<Failure>,
}

impl Ended {
    /// For a program that reads JSON.
    pub fn outcome(&self) -> Outcome<'_> {
        Outcome::of(&self.keys, false)
    }
}

impl Known<'_> {
    /// Revokes the key, and every other of its purpose if there may be one, sees that they are gone,
    /// and writes the report if one is asked for.
    pub fn end(&self, session: &Session<'_>) -> Ended {
        let target = Target::Purpose(self.purpose.clone());
        let context = Context {
            client: self.client,
            owner: self.owner,
            target: &target,
            console: session.console,
        };
        let mut search = Search::default();
        let mut failures = Vec::new();
        if let Some(made) = self.made {
            let mut key = found(made);
            let is_proven_later = self.report.file.is_some();
            failures.extend(revoke_known(&context, made, &mut key, is_proven_later));
            if has_expired(made, self.client) {
                let id = &made.id;
                session.console.warning(&format!("The key {id} expired by itself before it was revoked: give --expires-in (RUNKEY_EXPIRES_IN) a longer time."));
            }
            if key.fate != Fate::LivesOn {
                let line = format!("Revoked the key of {target}.");
                session.console.highlight(&line);
            }
            search.keys.push(key);
        }
        if self.may_have_twin {
            failures.extend(revoke_twins(&context, self.purpose, &mut search));
        }
        let accepted = report::attach(&context, self.purpose, &mut search, self.report, session);
        failures.extend(accepted);
        Ended {
            keys: search.keys,
            failure: failures.into_iter().next(),
        }
    }
}

fn found(made: &MadeKey) -> Found {
    let record = KeyRecord {
        id: made.id.clone(),
        purpose: made.purpose.clone(),
        expires: made.expires,
        access_level: None,
        created: made.created,
        last_used: None,
        hint: None,
    };
    Found::of_purpose(record, Fate::Found)
}

/// Revokes the run's key and sees that it is gone; with the key itself where the credential that made
/// it is refused by now, since an access token lives an hour.
fn revoke_known(
    context: &Context<'_>,
    made: &MadeKey,
    key: &mut Found,
    is_proven_later: bool,
) -> Option<Failure> {
    let console = context.console;
    let error = match revoke(context, key) {
        Ok(()) if is_proven_later => return None,
        Ok(()) => return see_it_gone(context, key, false),
        Err(error) if !error.is_dead_credential() => return Some(lives_on(key, &error)),
        Err(error) => error,
    };
    let own = Credential::ApiKey(made.secret.clone());
    let client = context.client.with_credential(own);
    let context = Context {
        client: &client,
        ..*context
    };
    match revoke(&context, key) {
        Ok(()) => {
            console.info(
                "The credential that made it was refused by then, so the key revoked itself.",
            );
            see_it_gone(&context, key, true)
        }
        Err(own_error) if own_error.is_dead_credential() => {
            let was_done = own_error.follows_lost_answer();
            if was_done || has_expired(made, &client) {
                key.fate = if was_done {
                    Fate::Revoked
                } else {
                    Fate::AlreadyGone
                };
                console
                    .info("The server accepts neither the credential nor the key: both are over.");
                return None;
            }
            Some(lives_on(key, &error))
        }
        Err(_) => Some(lives_on(key, &error)),
    }
}

/// By the server's clock, as its last answer told it.
fn has_expired(made: &MadeKey, client: &Client) -> bool {
    made.expires.is_some_and(|expires| expires <= client.now())
}

/// Asks for the record of a key that was revoked once more: it must be gone.
fn see_it_gone(context: &Context<'_>, key: &mut Found, is_own: bool) -> Option<Failure> {
    if proof::ask(context, &key.record, is_own) != Record::There {
        return None;
    }
    key.fate = Fate::LivesOn;
    Some(proof::still_there(&key.record))
}

/// Revokes what else has this purpose: a key whose making was not heard of.
fn revoke_twins(context: &Context<'_>, purpose: &Purpose, known: &mut Search) -> Vec<Failure> {
    let mut search = search::search(context, purpose);
    let is_new = |key: &Found| {
        known
            .keys
            .iter()
            .all(|known| known.record.id != key.record.id)
    };
    search.keys.retain(is_new);
    let mut failures = revoke_all(context, &mut search.keys);
    known.keys.append(&mut search.keys);
    if let Some(error) = &search.broken_off {
        let task = format!("Cannot look for all keys of {}", context.target);
        failures.push(explain(&task, error).advise(NOT_FOUND_LIVES_ON));
    }
    known.broken_off = search.broken_off;
    failures
}
