//! `runkey delete --ended` against many left-overs, and in a crowd of runs that end at once.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use common::tasks::{an_hour_ago, an_hour_later, begin_run, delete_ended, leave_behind, left};
use common::{add_live_key, runkey};
use octopus_sim::{Octopus, RUNBOOK_SVC, RateLimit, Settings, TaskState};

/// Octopus's own limit, 40 times as fast.
fn fast_limit() -> RateLimit {
    RateLimit {
        per: Duration::from_millis(1500),
        ..RateLimit::default()
    }
}

#[test]
fn of_a_thousand_left_overs_those_of_ended_runs_go_in_few_requests() {
    sweep_a_thousand(None);
}

#[test]
fn a_rate_limit_slows_a_sweep_down_and_costs_it_few_requests() {
    // Slower, and it does not say how long to wait, so that each refusal gains little.
    sweep_a_thousand(Some(RateLimit {
        per: Duration::from_secs(3),
        retry_after: false,
        ..RateLimit::default()
    }));
}

/// For docs/performance.md: `cargo test --test delete_ended_load -- --ignored --nocapture`.
#[test]
#[ignore = "takes five minutes, because the limit says so"]
fn a_sweep_at_the_limit_that_octopus_has_by_default() {
    sweep_a_thousand(Some(RateLimit::default()));
}

fn sweep_a_thousand(rate_limit: Option<RateLimit>) {
    let octopus = Settings {
        rate_limit,
        ..Settings::default()
    }
    .start();
    let mut living = Vec::new();
    for number in 0..1000 {
        if number % 10 == 7 {
            living.push(begin_run(&octopus).1);
        } else {
            leave_behind(&octopus, TaskState::Canceled);
        }
    }
    let start = Instant::now();
    delete_ended(&octopus)
        .run()
        .expect_code(0)
        .expect_text("Revoked 900 keys of runs that are over on the account Users-21.");
    assert_eq!(left(&octopus), living);
    let requests = octopus.requests();
    let refused = requests
        .iter()
        .filter(|request| request.status == Some(429));
    println!(
        "{} requests, {} of them refused (429), {:.0} s",
        requests.len(),
        refused.count(),
        start.elapsed().as_secs_f64()
    );
    assert!(requests.len() <= 960, "{} requests", requests.len());
}

#[test]
fn a_crowd_of_runs_that_end_at_once_asks_little_more_and_none_fails() {
    end_five_hundred_at_once(None);
}

#[test]
fn a_crowd_at_its_rate_limit_is_not_refused_for_the_sake_of_others_keys() {
    end_five_hundred_at_once(Some(fast_limit()));
}

/// How many requests a run's own key takes: the account, the list and the deletion.
const OWN: usize = 3;
/// How many more for others' keys.
const MORE: usize = 5;

fn end_five_hundred_at_once(rate_limit: Option<RateLimit>) {
    const RUNS: usize = 500;
    let octopus = an_hour_ago(Settings {
        rate_limit,
        ..Settings::default()
    });
    for _ in 0..100 {
        leave_behind(&octopus, TaskState::Canceled);
    }
    an_hour_later(&octopus);
    let purpose = |run: usize| format!("Alice King (alice) [runkey ServerTasks-{}]", 1000 + run);
    for run in 0..RUNS {
        add_live_key(&octopus, &purpose(run));
    }
    thread::scope(|scope| {
        for run in 0..RUNS {
            let (octopus, purpose) = (&octopus, purpose(run));
            scope.spawn(move || {
                runkey(octopus, "delete")
                    .args(["--ended", "--require", "--retry-for", "30m"])
                    .args(["--purpose", &purpose])
                    .run()
                    .expect_code(0);
            });
        }
    });
    let keys = octopus.keys(RUNBOOK_SVC);
    let of_crowd = |run| keys.iter().any(|key| key.purpose == purpose(run));
    assert!(!(0..RUNS).any(of_crowd));
    for (connection, requests) in by_connection(&octopus) {
        let granted = |request: &&octopus_sim::Request| request.status != Some(429);
        assert!(
            requests.iter().filter(granted).count() <= OWN + MORE,
            "{connection}"
        );
        // What is refused of the sweep is its end.
        let sweeps = |request: &octopus_sim::Request| request.query.contains("Purpose=runkey");
        let own = requests.iter().position(sweeps);
        let sweep = own.map_or(&[][..], |own| &requests[own..]);
        let refused = sweep.iter().position(|request| request.status == Some(429));
        assert!(
            refused.is_none_or(|place| place + 1 == sweep.len()),
            "{connection}"
        );
    }
}

/// Each process has a connection of its own.
fn by_connection(octopus: &Octopus) -> BTreeMap<usize, Vec<octopus_sim::Request>> {
    let mut connections = BTreeMap::<_, Vec<_>>::new();
    for request in octopus.requests() {
        connections
            .entry(request.connection)
            .or_default()
            .push(request);
    }
    connections
}
