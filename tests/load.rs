//! Many runs at once on one service account, which share its rate limit.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use common::{Outcome, Runkey, runkey};
use octopus_sim::{Octopus, RUNBOOK_SVC, RateLimit, Settings};

const RUNS: usize = 500;
/// Two of `create`, one of `use`, three of `delete`.
const REQUESTS_PER_RUN: usize = 6;

/// Octopus's own limit, 40 times as fast.
#[test]
fn five_hundred_runs_at_once_all_get_their_own_key_and_leave_none() {
    let load = Load::of(RateLimit {
        per: Duration::from_millis(1500),
        ..RateLimit::default()
    });
    assert!(
        load.refusals < RUNS * REQUESTS_PER_RUN * 3,
        "{} refusals",
        load.refusals
    );
}

/// For docs/performance.md: `cargo test --test load -- --ignored --nocapture`.
#[test]
#[ignore = "takes a quarter of an hour, because the limit says so"]
fn five_hundred_runs_at_once_at_the_limit_that_octopus_has_by_default() {
    Load::of(RateLimit::default());
}

/// What a crowd of runs did to the server.
struct Load {
    /// Requests that were answered 429.
    refusals: usize,
}

impl Load {
    /// Starts all runs at once, and checks that each succeeded and said when it waited.
    fn of(limit: RateLimit) -> Self {
        let octopus = Settings {
            rate_limit: Some(limit),
            ..Settings::default()
        }
        .start();
        let start = Instant::now();
        let waits = Mutex::new(0);
        thread::scope(|scope| {
            for number in 1..=RUNS {
                let (octopus, waits) = (&octopus, &waits);
                scope.spawn(move || {
                    let of_run: usize = whole_run(octopus, number).iter().map(waits_in).sum();
                    *waits.lock().unwrap() += of_run;
                });
            }
        });
        let took = start.elapsed();

        let requests = octopus.requests();
        let refusals = requests
            .iter()
            .filter(|request| request.status == Some(429))
            .count();
        print(&limit, requests.len(), refusals, took);
        let keys = octopus.keys(RUNBOOK_SVC);
        assert_eq!(keys.len(), 1, "only the standing key is left: {keys:?}");
        assert_eq!(
            waits.into_inner().unwrap(),
            refusals,
            "each refusal is announced as a wait"
        );
        Self { refusals }
    }
}

/// Makes, uses and revokes a key, and fails unless each step succeeds: a key that another run
/// revoked could not be used.
fn whole_run(octopus: &Octopus, number: usize) -> [Outcome; 3] {
    let run_id = format!("ServerTasks-{number}");
    let step = |run: Runkey<'_>| {
        run.env("RUNKEY_RUN_ID", &run_id)
            .args(["--retry-for", "30m", "--verbose"])
            .run()
            .expect_code(0)
    };
    let created = step(runkey(octopus, "create"));
    let key = created.variable("ApiKey").unwrap();
    let used = step(runkey(octopus, "use").env("OCTOPUS_API_KEY", key));
    let deleted = step(runkey(octopus, "delete").args(["--require"]));
    [created, used, deleted]
}

/// How many waits the log announces. None is shorter than the second that the server asked for.
fn waits_in(outcome: &Outcome) -> usize {
    let mut waits = outcome.at_level("stdout-wait");
    let mut again = outcome.at_level("stdout-verbose");
    again.retain(|line| line.starts_with("Waiting: "));
    waits.append(&mut again);
    for line in &waits {
        assert!(
            line.contains("rate limit is used up (429)") && !line.contains("again in 0"),
            "{line}"
        );
    }
    waits.len()
}

fn print(limit: &RateLimit, requests: usize, refusals: usize, took: Duration) {
    let granted = RUNS * REQUESTS_PER_RUN;
    let beyond_burst = u32::try_from(granted).unwrap() - limit.burst;
    let needed = limit.per * beyond_burst / limit.requests;
    println!(
        "{RUNS} runs, {requests} requests, {refusals} of them refused (429), {:.1} per request \
         granted; {:.0} s, where the limit alone needs {:.0} s",
        f64::from(u32::try_from(refusals).unwrap()) / f64::from(u32::try_from(granted).unwrap()),
        took.as_secs_f64(),
        needed.as_secs_f64(),
    );
}
