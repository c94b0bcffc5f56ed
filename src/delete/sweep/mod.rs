//! `--expired` and `--ended` alone: the full sweep of one account.

mod asking;
pub mod beside;
pub mod judge;

use std::collections::HashMap;
use std::fmt;

use super::Context;
use super::found::{Fate, Found, Outcome, count, so_many};
use super::revoke::{lives_on, revoke};
use super::search::is_own;
use crate::octopus::{Client, Error, Id, KeyRecord, TASKS_AT_ONCE};
use crate::output::Failure;
use crate::session::explain;
use asking::Asking;

/// What every purpose that runkey builds holds. Its bracket is left out, which a database might take
/// for a pattern.
const PART: &str = "runkey";

/// Which keys a sweep takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those that expired.
    Expired,
    /// And those of runs that are over.
    Ended,
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "expired runs",
            Self::Ended => "runs that are over",
        })
    }
}

/// Revokes every key of the account that is over.
///
/// # Errors
/// When such a key may live on.
pub fn run(context: &Context<'_>, reach: Reach, is_dry_run: bool) -> Result<(), Failure> {
    let client = context.client.steady();
    let mut keys = Vec::new();
    let listed = client.find_keys(context.owner, Some(PART), judge::is_of_a_run, &mut keys);
    let mut sweep = Sweep {
        context: *context,
        client: client.renewed(),
        is_dry_run,
        knows_the_time: true,
        keys: 0,
        percentage: 0,
        over: Vec::new(),
        alive: 0,
        unjudged: 0,
        asking: Asking::default(),
        failure: None,
        broken_off: listed.err(),
    };
    sweep.take(keys, reach);
    let console = context.console;
    console.result(&Outcome::of(&sweep.over, is_dry_run).swept(context.owner, &sweep.over));
    sweep.sum_up(reach);
    sweep.conclude()
}

/// A sweep under way.
struct Sweep<'a> {
    context: Context<'a>,
    /// Its time for trying is renewed by progress.
    client: Client,
    is_dry_run: bool,
    /// Whether it can be told which keys have expired.
    knows_the_time: bool,
    /// How many keys may be over.
    keys: usize,
    /// How many of them were dealt with, in per cent, as was shown last.
    percentage: usize,
    /// Those that are over.
    over: Vec<Found>,
    /// How many are of runs that go on.
    alive: usize,
    /// How many are of runs of which the server says nothing that fits.
    unjudged: usize,
    asking: Asking,
    /// The first key that could not be revoked.
    failure: Option<Failure>,
    /// Why not all could be looked at.
    broken_off: Option<Error>,
}

impl Sweep<'_> {
    /// Sorts the keys by how it is known whether they are over, and ends those that are.
    fn take(&mut self, keys: Vec<KeyRecord>, reach: Reach) {
        let now = self.client.surely_now();
        self.knows_the_time = now.is_some() || keys.is_empty();
        let mut expired = Vec::new();
        let (mut tasks, mut of_tasks) = (Vec::new(), HashMap::<Id, Vec<KeyRecord>>::new());
        for key in keys {
            if is_own(&self.client, &key) {
                let id = &key.id;
                let line = format!("The key {id} is spared: runkey authenticates with it.");
                self.context.console.info(&line);
            } else if let Some(over) = now.and_then(|now| judge::by_expiry(&key, now)) {
                expired.push(Found::in_sweep(key, over));
            } else if reach == Reach::Ended
                && let Some(task) = judge::task_of(&key)
            {
                let of_task = of_tasks.entry(task.clone()).or_default();
                if of_task.is_empty() {
                    tasks.push(task);
                }
                of_task.push(key);
            }
        }
        self.keys = expired.len() + of_tasks.values().map(Vec::len).sum::<usize>();
        self.end(expired);
        for tasks in tasks.chunks(TASKS_AT_ONCE) {
            if self.has_given_up() {
                return;
            }
            let keys = tasks.iter().filter_map(|task| of_tasks.remove_entry(task));
            let ended = self.ended(tasks, keys.collect());
            self.end(ended);
        }
    }

    /// Those of the keys whose tasks are over.
    fn ended(&mut self, tasks: &[Id], keys: Vec<(Id, Vec<KeyRecord>)>) -> Vec<Found> {
        let mut shown = HashMap::new();
        match self.asking.ask(&self.client, tasks, &mut shown) {
            Ok(()) => self.client = self.client.renewed(),
            Err(error) => self.broken_off = Some(error),
        }
        let mut ended = Vec::new();
        for (task, keys) in keys {
            let task = shown.get(&task);
            for key in keys {
                match task.and_then(|task| judge::by_task(&key, task)) {
                    Some(over) => ended.push(Found::in_sweep(key, over)),
                    None if task.is_some_and(|task| task.ending().is_none()) => self.alive += 1,
                    None => self.unjudged += 1,
                }
            }
        }
        ended
    }

    fn end(&mut self, keys: Vec<Found>) {
        for mut key in keys {
            if self.is_dry_run {
                let (id, what) = (&key.record.id, key.in_words());
                let console = self.context.console;
                console.info(&format!("Would revoke {id}: {what}."));
            } else {
                self.revoke(&mut key);
            }
            self.over.push(key);
            self.show_progress();
        }
        self.show_progress();
    }

    fn revoke(&mut self, key: &mut Found) {
        if self.has_given_up() {
            key.fate = Fate::LivesOn;
            return;
        }
        let context = Context {
            client: &self.client,
            ..self.context
        };
        match revoke(&context, key) {
            Ok(()) => self.client = self.client.renewed(),
            Err(error) => {
                let failure = lives_on(key, &error);
                context.console.warning(&failure.in_one_line());
                self.failure.get_or_insert(failure);
                if error.is_dead_credential() {
                    self.broken_off = Some(error);
                }
            }
        }
    }

    /// Whether nothing more would come of going on. That time is over means nothing by itself: it is
    /// said only where something failed for as long.
    fn has_given_up(&self) -> bool {
        let has_failed = self.failure.is_some() || self.broken_off.is_some();
        let is_refused = |error: &Error| error.is_dead_credential();
        has_failed && self.client.is_out_of_time()
            || self.asking.is_hopeless
            || self.broken_off.as_ref().is_some_and(is_refused)
    }

    fn show_progress(&mut self) {
        let done = self.over.len() + self.alive + self.unjudged;
        let percentage = (done * 100).checked_div(self.keys).unwrap_or_default();
        if percentage > self.percentage {
            self.percentage = percentage;
            let line = format!("{done} of {}", so_many(self.keys));
            self.context.console.progress(percentage, &line);
        }
    }

    fn sum_up(&self, reach: Reach) {
        let Context { console, owner, .. } = self.context;
        if self.alive > 0 {
            let keys = so_many(self.alive);
            console.info(&format!("Left alone: {keys} of runs that go on."));
        }
        if self.unjudged > 0 {
            let keys = so_many(self.unjudged);
            console.info(&format!("Left to their expiry: {keys} of runs that cannot be judged, since the server shows no such task, or one that ran at another time."));
        }
        let gone = count(&self.over, Fate::Revoked) + count(&self.over, Fate::AlreadyGone);
        if self.is_dry_run {
            let keys = so_many(self.over.len());
            console.highlight(&format!("{keys} of {reach} on the account {owner} would be revoked; nothing was changed (dry run)."));
        } else if gone > 0 {
            let keys = so_many(gone);
            console.highlight(&format!(
                "Revoked {keys} of {reach} on the account {owner}."
            ));
        } else if self.over.is_empty() {
            let line = format!("There is no key of {reach} on the account {owner}.");
            console.info(&line);
        }
    }

    fn conclude(self) -> Result<(), Failure> {
        let owner = self.context.owner;
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if let Some(error) = self.broken_off {
            let task = format!("Cannot look at all keys of the account {owner}");
            let next =
                "Run the step again: what was not looked at lives until it expires by itself.";
            return Err(explain(&task, &error).advise(next));
        }
        if !self.knows_the_time {
            return Err(Failure::new(
                "Cannot tell which keys have expired: no answer of the server says what time it is there.",
                "Look at what stands between this worker and the server: it takes the Date out of the answers.",
            ));
        }
        let Asking {
            asked,
            shown,
            refusal,
            ..
        } = self.asking;
        if asked > 0 && shown == 0 {
            let refusal = refusal.as_ref();
            let said = refusal
                .map(|error| format!(": {error}"))
                .unwrap_or_default();
            return Err(Failure::new(
                format!("The server showed none of the tasks that it was asked for ({asked}), so it is not known which runs are over{said}."),
                "Give the account behind the credential the permission TaskView in every space whose runs make keys.",
            )
            .said(refusal.and_then(Error::said)));
        }
        Ok(())
    }
}
