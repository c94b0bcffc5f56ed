//! Generated sequences of what happens to two runs on one account: whatever happened before, a delete
//! step that succeeds leaves no key of its run, and nothing ever touches a key of the other.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

#[path = "../it/support/mod.rs"]
#[allow(unused_imports, reason = "this program needs fewer helpers than `it`")]
mod support;

mod action;
mod play;

use std::thread;

use proptest::test_runner::{Config, TestError, TestRunner};

use action::Action;

/// How many sequences are played, unless `RUNKEY_MODEL_SEQUENCES` says otherwise.
const SEQUENCES: u32 = 200;
/// Each plays on servers of its own, and waits for processes most of the time.
const THREADS: u32 = 6;

#[test]
fn deletes_every_key_of_its_run_and_no_other() {
    let asked = std::env::var("RUNKEY_MODEL_SEQUENCES");
    let sequences = asked.map_or(SEQUENCES, |number| number.parse().unwrap());
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
}

fn play_sequences(count: u32) -> Result<(), TestError<Vec<Action>>> {
    let config = Config {
        cases: count,
        max_shrink_iters: 30,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config).run(&action::sequences(), |actions| {
        play::play(&actions);
        Ok(())
    })
}
