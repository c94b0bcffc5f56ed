//! Ends a run: list, revoke, list again, until a list contains no key of the run.
//!
//! A response to a DELETE only sends us back to the list; the list decides.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use octopus::{Client, Credential, Error, ErrorKind, Id, KeyList, KeyRecord, RetryPolicy, Secret};

use super::run_list::RunList;
use super::selector::Selector;

/// A hint of `API-` and one character more is enough to take a key for the credential's own: better a
/// key that is skipped, and named, than nothing left to revoke the rest with.
const MIN_OWN_HINT: usize = 5;

/// What is to be ended, and with what.
pub struct EndRun<'a> {
    pub client: &'a Client,
    pub owner: &'a Id,
    pub selector: &'a Selector,
    /// The run's key by its ID, for when the list cannot be read.
    pub known: Option<KnownKey>,
    /// When a POST was sent whose response was lost: it may be carried out until a timeout later.
    pub indeterminate: Option<Timestamp>,
    /// The run key itself, which ends the run if the credential is refused.
    pub run_key: Option<Secret>,
    /// Is told how many keys were asked to be revoked.
    pub progress: &'a dyn Fn(usize),
}

/// A key of the run that is known otherwise than by the list.
#[derive(Debug, Clone)]
pub struct KnownKey {
    pub id: Id,
    /// Whether it is this run's even if its record cannot be read.
    pub is_certain: bool,
    /// Until when it is valid, if that is known.
    pub expires: Option<Timestamp>,
}

/// A key of the run, and what became of it.
#[derive(Debug, Clone)]
pub struct RevokedKey {
    pub record: KeyRecord,
    pub outcome: Outcome,
}

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Outcome {
    /// A list that was read afterwards does not contain it.
    Revoked,
    /// The server confirmed its revocation, or refuses it; no list could be read with it afterwards.
    Unverified,
    /// The credential's own key, which is not this run's.
    Skipped,
    /// It may be active.
    MayBeActive,
}

/// What became of the run.
#[derive(Debug)]
pub struct Ended {
    pub keys: Vec<RevokedKey>,
    /// How many items of the list could not be read.
    pub unreadable: usize,
    /// One-command runs whose ID begins with this run's, and which have a key.
    pub one_command_runs: Vec<String>,
    /// Why a key of the run may be active, if one may.
    pub problem: Option<Problem>,
}

/// Why a key of the run may be active.
#[derive(Debug)]
pub enum Problem {
    /// The keys could not be listed. The known key was not, or could not be revoked by its ID.
    NotListed {
        error: Box<Error>,
        known: Option<KnownKey>,
    },
    /// Keys are still listed after the last attempt, for this reason.
    NotRevoked { error: Option<Error> },
    /// This number of listed items belong to the run and cannot be read.
    Unreadable { items: usize },
    /// A signal came before it was certain that a POST whose response was lost has created no key.
    Interrupted,
}

/// Whether this is the key that the client authenticates with, as far as its hint tells.
pub fn is_own(client: &Client, key: &KeyRecord) -> bool {
    let hint = key.hint.as_ref();
    hint.is_some_and(|hint| client.credential().fits_hint(hint.raw(), MIN_OWN_HINT))
}

impl EndRun<'_> {
    /// Revokes every key of the run.
    pub fn run(self) -> Ended {
        let mut rounds = Rounds {
            client: self.client.clone(),
            list: RunList::new(self.selector.clone(), self.owner.clone()),
            run: self,
            keys: Vec::new(),
            error: None,
            ended_at: Instant::now(),
            is_own_revoked: false,
        };
        let problem = rounds.run().err();
        for key in &mut rounds.keys {
            if problem.is_none() && key.outcome == Outcome::MayBeActive {
                key.outcome = Outcome::Revoked;
            }
        }
        Ended {
            unreadable: rounds.list.unreadable,
            one_command_runs: rounds.list.one_command_runs.into_inner(),
            keys: rounds.keys,
            problem,
        }
    }
}

struct Rounds<'a> {
    run: EndRun<'a>,
    client: Client,
    list: RunList,
    keys: Vec<RevokedKey>,
    /// What the last round failed with.
    error: Option<Error>,
    /// When the last round ended: what the list waits since then counts as the next round's wait.
    ended_at: Instant,
    /// Whether the credential's own key was the run's, and its revocation was asked for.
    is_own_revoked: bool,
}

impl Rounds<'_> {
    fn run(&mut self) -> Result<(), Problem> {
        let mut round = 0;
        let mut fewest_left = usize::MAX;
        loop {
            let Some(list) = self.read(round)? else {
                round += 1;
                continue;
            };
            let left = self.note(&list);
            // Waits grow only while nothing is achieved, not with the number of keys.
            if left.len() < fewest_left {
                fewest_left = left.len();
                round = round.min(1);
            }
            if left.is_empty() && list.unreadable.is_empty() {
                if self.waits_for_lost_post()? {
                    continue;
                }
                return Ok(());
            }
            if !self.may_go_on(round) {
                return Err(match (left.len(), list.unreadable.len()) {
                    (0, items) => Problem::Unreadable { items },
                    _ => Problem::NotRevoked {
                        error: self.error.take(),
                    },
                });
            }
            if self.revoke(&left) {
                return Ok(());
            }
            self.ended_at = Instant::now();
            round += 1;
        }
    }

    /// Reads the list. Nothing if that failed and is to be tried again.
    fn read(&mut self, round: u32) -> Result<Option<KeyList>, Problem> {
        let error = match self.list.read(&self.client) {
            Ok(list) => return Ok(Some(list)),
            Err(error) => error,
        };
        if is_refused(&error) && self.is_own_revoked {
            // Its response was lost, and it is not valid any more.
            return Ok(Some(KeyList::default()));
        }
        if is_refused(&error) && self.use_run_key() {
            return Ok(None);
        }
        if !is_final(&error) && self.pause(round, &error) {
            return Ok(None);
        }
        let known = self.revoke_known();
        let error = Box::new(error);
        Err(Problem::NotListed { error, known })
    }

    /// Has the run key authenticate from now on: it can end its own run.
    fn use_run_key(&mut self) -> bool {
        let Some(key) = self.run.run_key.take() else {
            return false;
        };
        self.client = self.client.with_credential(Credential::ApiKey(key));
        true
    }

    /// Adds the keys that are new, and gives those that are to be revoked. One that is no longer listed
    /// is revoked.
    fn note(&mut self, list: &KeyList) -> Vec<KeyRecord> {
        // A run's own key ends with the run; one of the same verbatim purpose may be anybody's.
        let is_exact = matches!(self.run.selector, Selector::Purpose(_));
        if list.unreadable.is_empty() {
            for key in &mut self.keys {
                let is_listed = list.keys.iter().any(|record| record.id == key.record.id);
                if key.outcome == Outcome::MayBeActive && !is_listed {
                    key.outcome = Outcome::Revoked;
                }
            }
        }
        let mut left = Vec::new();
        for record in &list.keys {
            let outcome = if is_exact && is_own(self.run.client, record) {
                Outcome::Skipped
            } else {
                left.push(record.clone());
                Outcome::MayBeActive
            };
            match self.keys.iter_mut().find(|key| key.record.id == record.id) {
                Some(key) => key.outcome = outcome,
                None => self.keys.push(RevokedKey {
                    record: record.clone(),
                    outcome,
                }),
            }
        }
        left
    }

    /// Whether to revoke what is still listed: at first at once, then after a wait, and not after what
    /// no repetition changes.
    fn may_go_on(&self, round: u32) -> bool {
        match &self.error {
            None if round == 0 => true,
            Some(error) if is_final(error) => false,
            error => self.pause_before(round, error.as_ref(), self.ended_at.elapsed()),
        }
    }

    fn pause(&self, round: u32, error: &Error) -> bool {
        self.pause_before(round + 1, Some(error), Duration::ZERO)
    }

    fn pause_before(&self, round: u32, error: Option<&Error>, waited: Duration) -> bool {
        let wait = self.client.policy().backoff(round.saturating_sub(1), error);
        wait.is_some_and(|wait| self.client.pause(wait.saturating_sub(waited)))
    }

    /// Asks for the revocation of each key, once; of the credential's own only when no other is left,
    /// since nothing can be listed without it. True if that is confirmed, and so the end.
    fn revoke(&mut self, keys: &[KeyRecord]) -> bool {
        let once = self
            .client
            .with_policy(self.client.policy().without_retries());
        let (own, others): (Vec<_>, Vec<_>) = keys.iter().partition(|key| is_own(&once, key));
        let is_end = others.is_empty();
        self.error = None;
        for (count, record) in if is_end { own } else { others }.into_iter().enumerate() {
            let result = once.delete_key(self.run.owner, &record.id);
            let error = result
                .err()
                .filter(|error| error.kind != ErrorKind::NotFound);
            if is_end && error.as_ref().is_none_or(Error::is_indeterminate) {
                self.is_own_revoked = true;
                self.set_outcome(&record.id, Outcome::Unverified);
            }
            let is_useless = error.as_ref().is_some_and(|error| {
                matches!(
                    error.kind,
                    ErrorKind::RateLimited | ErrorKind::Connect | ErrorKind::Dns
                )
            });
            self.error = error.or(self.error.take());
            if is_useless {
                break;
            }
            if once.policy().left().is_zero() {
                break;
            }
            (self.run.progress)(count + 1);
        }
        is_end && self.is_own_revoked && self.error.is_none()
    }

    fn set_outcome(&mut self, id: &Id, outcome: Outcome) {
        for key in self.keys.iter_mut().filter(|key| key.record.id == *id) {
            key.outcome = outcome;
        }
    }

    /// Waits until a POST whose response was lost cannot be carried out any more; true if it waited.
    fn waits_for_lost_post(&mut self) -> Result<bool, Problem> {
        let Some(sent) = self.run.indeterminate.take() else {
            return Ok(false);
        };
        let timeout = SignedDuration::try_from(self.client.timeout()).unwrap_or_default();
        let until = sent.checked_add(timeout).unwrap_or(sent);
        let left = until.duration_since(self.client.now()).min(timeout);
        let Ok(left) = Duration::try_from(left) else {
            return Ok(false);
        };
        if self.client.pause(left) {
            Ok(true)
        } else {
            Err(Problem::Interrupted)
        }
    }

    /// Revokes the key that is known by its ID, without a list; gives it if it may be active.
    fn revoke_known(&mut self) -> Option<KnownKey> {
        let mut known = self.run.known.take()?;
        let once = self.client.with_policy(
            RetryPolicy::once(self.client.timeout()).on_interrupt(octopus::OnInterrupt::Ignore),
        );
        let record = once.key(self.run.owner, &known.id);
        let is_this_runs = match record {
            Ok(record) => {
                known.expires = record.expires;
                self.run.selector.matches(&record)
            }
            Err(_) => known.is_certain,
        };
        if is_this_runs {
            // It stays in the failure either way: without a list nothing is verified.
            let _ = once.delete_key(self.run.owner, &known.id);
        }
        Some(known)
    }
}

/// Whether the server refuses the credential itself.
fn is_refused(error: &Error) -> bool {
    matches!(
        error.kind,
        ErrorKind::Unauthorized | ErrorKind::TokenExchange
    )
}

/// Whether no repetition changes it: Octopus's own refusals, and what is wrong on this side.
fn is_final(error: &Error) -> bool {
    match error.kind {
        ErrorKind::Rejected => !error.is_transient(),
        ErrorKind::Unauthorized
        | ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Certificate(_)
        | ErrorKind::Tls
        | ErrorKind::WrongScheme
        | ErrorKind::ProxyAuth
        | ErrorKind::TokenExchange
        | ErrorKind::Interrupted => true,
        _ => false,
    }
}
