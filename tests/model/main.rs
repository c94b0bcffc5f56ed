//! Random sequences of steps, crashes, clock jumps and keys made by hand, checked after each action
//! against a few lines that say what must live.
//!
//! `RUNKEY_MODEL_SEQUENCES` sets how many sequences are played. Those that failed once are kept in
//! `regressions.txt` and played first.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

#[path = "../common/mod.rs"]
mod common;

mod action;
mod crash;
mod play;
mod sweeps;

use std::thread;

use jiff::{SignedDuration, Timestamp};
use proptest::test_runner::{Config, FileFailurePersistence, TestError, TestRunner};

use action::{Action, Run};

const SEQUENCES: u32 = 2000;
/// Each plays in worlds of its own, and waits for processes most of the time.
const THREADS: u32 = 6;

/// A key that must be on the server.
#[derive(Debug, Clone, PartialEq)]
struct Key {
    id: String,
    owner: String,
    purpose: String,
    expires: Option<Timestamp>,
}

/// What must live, whatever happened.
#[derive(Debug, Default)]
struct Model(Vec<Key>);

impl Model {
    /// A key was made, by `create` or by hand.
    fn made(&mut self, key: Key) {
        self.0.push(key);
    }

    /// `delete` ran: every key of this owner with exactly this purpose is gone.
    fn revoked(&mut self, run: Run) {
        self.0.retain(|key| !run.owns(key));
    }

    /// `delete --expired` ran: every key of this owner that is over and that runkey made is gone.
    /// `now` is over by the server's clock and by this machine's.
    fn revoked_expired(&mut self, owner: &str, now: Timestamp) {
        let over = |key: &Key| key.expires.is_some_and(|expires| expires <= now);
        self.0
            .retain(|key| key.owner != owner || !over(key) || !key.purpose.ends_with(']'));
    }

    /// `use` must accept this key.
    fn accepts(&self, id: &str, now: Timestamp) -> bool {
        let key = self.0.iter().find(|key| key.id == id);
        key.is_some_and(|key| key.expires.is_none_or(|expires| expires > now))
    }
}

#[test]
fn whatever_happens_exactly_the_keys_live_that_must() {
    let sequences =
        std::env::var("RUNKEY_MODEL_SEQUENCES").map_or(SEQUENCES, |number| number.parse().unwrap());
    let failures: Vec<_> = thread::scope(|scope| {
        let players: Vec<_> = (0..THREADS)
            .map(|_| scope.spawn(|| play_sequences(sequences.div_ceil(THREADS))))
            .collect();
        let results = players.into_iter().map(|player| player.join().unwrap());
        results.filter_map(Result::err).collect()
    });
    for failure in &failures {
        println!("{failure}");
    }
    assert!(failures.is_empty(), "{} players failed", failures.len());
    println!("{sequences} sequences played");
}

fn play_sequences(count: u32) -> Result<(), TestError<Vec<Action>>> {
    let config = Config {
        cases: count,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/model/regressions.txt"
        )))),
        ..Config::default()
    };
    TestRunner::new(config).run(&action::sequences(), |actions| {
        play::play(&actions);
        Ok(())
    })
}

/// Clock jumps and expiries never coincide: all jumps are multiples of this, no expiry is.
const JUMP: SignedDuration = SignedDuration::from_mins(40);
