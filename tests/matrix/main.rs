//! Every fault of the simulated server at every request of `create`, `delete` and one command:
//! whatever breaks, no key is lost sight of, no other key is touched, and no step claims what is not
//! so.
//!
//! The matrix is generated: each step is run once without a fault to see its requests, then once for
//! each of them and each fault, which strikes once or three times in a row.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

#[path = "../it/support/mod.rs"]
#[allow(unused_imports, reason = "this program needs fewer helpers than `it`")]
mod support;

mod case;
mod claims;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use octopus_sim::Fault;

use case::{Case, Step};

/// Most cases wait most of the time, so there are more threads than cores.
const THREADS: usize = 16;

#[test]
fn loses_no_key_whatever_breaks() {
    check_all(&Fault::all());
}

/// A server, or what stands before it, may say what is not so: totals, dates, expiries, a success
/// that is none, rubbish.
#[test]
fn loses_no_key_whatever_misleads() {
    check_all(&Fault::misleading());
}

/// Fails unless every claim holds in every case, and names each case in which one does not.
fn check_all(faults: &[Fault]) {
    let cases = matrix(faults);
    let next = AtomicUsize::new(0);
    let broken = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if catch_unwind(AssertUnwindSafe(|| claims::check(case))).is_err() {
                        broken.lock().unwrap().push(case.to_string());
                    }
                }
            });
        }
    });
    let broken = broken.into_inner().unwrap();
    assert!(
        broken.is_empty(),
        "{} of {} cases, whose failures are above:\n{}",
        broken.len(),
        cases.len(),
        broken.join("\n")
    );
}

fn matrix(faults: &[Fault]) -> Vec<Case> {
    let mut cases = Vec::new();
    for step in Step::ALL {
        for (place, request) in step.requests().into_iter().enumerate() {
            for fault in faults {
                cases.extend([1, 3].map(|times| Case {
                    step,
                    request: request.clone(),
                    place: place + 1,
                    fault: fault.clone(),
                    times,
                }));
            }
        }
    }
    cases
}
