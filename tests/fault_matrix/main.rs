//! Every fault that the simulated server knows, at every request of every step: whatever breaks,
//! no key is lost sight of, no other key is touched, and no step claims what is not so.
//!
//! The matrix is generated: each step is run once without a fault to see its requests, then once
//! for each of them and each fault, which strikes once or three times over. It is printed at the
//! end: `cargo test --test fault_matrix -- --nocapture`.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

#[path = "../common/mod.rs"]
mod common;

mod claims;
mod plan;
mod table;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use octopus_sim::Fault;
use plan::{Case, Scenario};

/// Most cases wait most of the time, so there are many more threads than cores.
const THREADS: usize = 48;

#[test]
fn whatever_breaks_no_key_is_lost_and_no_other_is_touched() {
    hold(&matrix(&Fault::all(), &[1, 3]));
}

/// A server, or what stands before it, may say what is not so: totals, dates, hints, expiries, a
/// success that is none, rubbish. A lie is told once: told for ever, it is another server.
#[test]
fn whatever_a_server_pretends_no_key_is_lost_and_no_other_is_touched() {
    hold(&matrix(&Fault::lies(), &[1]));
}

/// Runs every case, and fails unless every claim holds in each.
fn hold(cases: &[Case]) {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = claims::check(case);
                    results.lock().unwrap().push((case, result));
                }
            });
        }
    });
    let results = results.into_inner().unwrap();
    println!("{}", table::of(&results));
    let broken: Vec<String> = results
        .iter()
        .filter_map(|(case, result)| {
            let claim = result.as_ref().err()?;
            Some(format!("{case}:\n  {claim}"))
        })
        .collect();
    let (broken_count, count) = (broken.len(), results.len());
    assert!(
        broken.is_empty(),
        "{broken_count} of {count}:\n{}",
        broken.join("\n")
    );
    println!("{count} cases, no claim broken");
}

fn matrix(faults: &[Fault], times_over: &[usize]) -> Vec<Case> {
    let mut cases = Vec::new();
    for scenario in Scenario::all() {
        for (place, request) in scenario.requests().into_iter().enumerate() {
            for fault in faults {
                for times in times_over {
                    cases.push(Case {
                        scenario,
                        request: request.clone(),
                        nth: place + 1,
                        fault: fault.clone(),
                        times: *times,
                    });
                }
            }
        }
    }
    cases
}
