//! Many runs on one account: they share a rate limit, a list of keys, and a server that is busy.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

#[path = "../it/support/mod.rs"]
#[allow(unused_imports, reason = "this program needs fewer helpers than `it`")]
mod support;

use std::thread;
use std::time::{Duration, Instant};

use octopus_sim::{Fault, Octopus, RateLimit, TaskState};

use support::server::{add_key, finished_run, left, server_with, start_run};
use support::{Outcome, PURPOSE, create, delete, use_key};

/// 600 requests a minute, of which 50 at once; half as fast again.
const LIMIT: RateLimit = RateLimit {
    requests: 600,
    per: Duration::from_secs(40),
    burst: 50,
    retry_after: true,
};

fn limited() -> Octopus {
    server_with(|settings| settings.rate_limit = Some(LIMIT))
}

/// Plays so many runs at once, each with a run ID of its own.
fn play_at_once(runs: usize, play: impl Fn(&str) + Sync) {
    let play = &play;
    thread::scope(|scope| {
        for number in 1..=runs {
            scope.spawn(move || play(&format!("ServerTasks-{number}")));
        }
    });
}

/// A run of two steps: create and delete.
fn create_and_delete(octopus: &Octopus, run: &str) {
    let created = create(octopus).env("RUNKEY_RUN_ID", run).run();
    let created = created.expect_code(0);
    expect_key_of(run, &created);
    let deleted = delete(octopus).env("RUNKEY_RUN_ID", run).run();
    deleted.expect_code(0).expect_text("Revoked API key ");
}

#[track_caller]
fn expect_key_of(run: &str, created: &Outcome) {
    let purpose = created.variable("ApiKeyPurpose").unwrap();
    assert_eq!(purpose, format!("{} [runkey {run}]", support::ALICE));
}

/// How many requests the server accepted, and how many it refused for the limit.
fn accepted_and_refused(octopus: &Octopus) -> (u32, u32) {
    let requests = octopus.requests();
    let refused = requests
        .iter()
        .filter(|request| request.status == Some(429))
        .count();
    let accepted = requests.len() - refused;
    (
        u32::try_from(accepted).unwrap(),
        u32::try_from(refused).unwrap(),
    )
}

/// Fails unless so many requests took at most half as long again as the limit makes them take.
#[track_caller]
fn expect_pace_of_limit(accepted: u32, took: Duration) {
    let own_time = LIMIT.per * accepted.saturating_sub(LIMIT.burst) / LIMIT.requests;
    let allowed = own_time * 3 / 2;
    assert!(
        took <= allowed,
        "{accepted} requests took {took:?}, allowed are {allowed:?}"
    );
}

#[test]
fn keeps_pace_with_rate_limit_in_60_runs() {
    let octopus = limited();
    let start = Instant::now();
    play_at_once(60, |run| create_and_delete(&octopus, run));
    let took = start.elapsed();

    let (accepted, refused) = accepted_and_refused(&octopus);
    println!("{accepted} accepted, {refused} refused in {took:?}");
    assert!(left(&octopus).is_empty());
    assert!(refused > 0, "the limit was not reached");
    expect_pace_of_limit(accepted, took);
}

#[test]
fn completes_many_runs_at_once() {
    let octopus = Octopus::start();
    let bystander = add_key(&octopus, PURPOSE).id;
    play_at_once(400, |number| {
        let run = &format!("{number}.Machines-7");
        let created = create(&octopus).env("RUNKEY_RUN_ID", run).run();
        let created = created.expect_code(0);
        expect_key_of(run, &created);
        use_key(&octopus, &created.variable("ApiKey").unwrap())
            .env("RUNKEY_RUN_ID", run)
            .env("RUNKEY_KEY_ID", created.variable("ApiKeyId").unwrap())
            .env("RUNKEY_OWNER", created.variable("ApiKeyOwnerId").unwrap())
            .line("-- true")
            .run()
            .expect_code(0);
        let deleted = delete(&octopus).env("RUNKEY_RUN_ID", run).run();
        deleted.expect_code(0).expect_text("Revoked API key ");
    });
    assert_eq!(left(&octopus), [bystander]);
}

#[test]
fn completes_many_one_command_runs_of_one_task_at_once() {
    let octopus = Octopus::start();
    let bystander = add_key(&octopus, PURPOSE).id;
    play_at_once(400, |_| {
        create(&octopus).line("-- true").run().expect_code(0);
    });
    assert_eq!(left(&octopus), [bystander]);
}

#[test]
fn respects_rate_limit_in_cleanup_of_300_keys() {
    let octopus = limited();
    let (_, active) = start_run(&octopus);
    for _ in 0..300 {
        finished_run(&octopus, TaskState::Success);
    }
    let start = Instant::now();
    let run = delete(&octopus)
        .without("RUNKEY_RUN_BY")
        .without("RUNKEY_RUN_ID")
        .line("--finished")
        .run();
    let took = start.elapsed();

    let run = run.expect_code(0);
    let (accepted, refused) = accepted_and_refused(&octopus);
    println!("{accepted} accepted, {refused} refused in {took:?}");
    assert_eq!(left(&octopus), [active], "{run:#?}");
    assert!(accepted < 400, "{accepted} requests for 300 keys");
    assert!(refused <= accepted / 10, "{refused} requests were refused");
    expect_pace_of_limit(accepted, took);
}

/// 503 with `Retry-After: 1`, and nothing done.
fn unavailable_for_a_second() -> Fault {
    Fault::instead("503, retry after 1 s", |_, response| {
        response.status = 503;
        response.set_header("Retry-After", "1");
    })
}

/// Revokes every key of the run, and gives how long that took.
fn revoke_all(octopus: &Octopus) -> Duration {
    let start = Instant::now();
    let deleted = delete(octopus).run();
    let took = start.elapsed();

    deleted.expect_code(0);
    assert!(left(octopus).is_empty());
    took
}

#[test]
fn revokes_within_seconds_on_an_unavailable_server() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE).id;
    let fault = octopus.fault(unavailable_for_a_second());
    fault.on("DELETE", &key).times(3);
    let took = revoke_all(&octopus);
    assert!(took >= Duration::from_secs(3), "it did not wait: {took:?}");
    assert!(took <= Duration::from_secs(10), "it took {took:?}");
}

#[test]
fn waits_no_longer_the_more_keys_there_are() {
    let octopus = Octopus::start();
    for _ in 0..11 {
        add_key(&octopus, PURPOSE);
    }
    for place in (2..=20).step_by(2) {
        let fault = octopus.fault(Fault::TooManyRequests { retry_after: None });
        fault.on("DELETE", "/apikeys").at(place);
    }
    let took = revoke_all(&octopus);
    assert!(took <= Duration::from_secs(12), "it took {took:?}");
}

#[test]
fn waits_once_for_a_limit_that_list_and_revocation_share() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE).id;
    let limited = || Fault::TooManyRequests {
        retry_after: Some(1),
    };
    octopus.fault(limited()).on("DELETE", &key);
    octopus.fault(limited()).on("GET", "/apikeys").at(2);
    let took = revoke_all(&octopus);
    assert!(took >= Duration::from_secs(1), "it did not wait: {took:?}");
    assert!(took < Duration::from_millis(1900), "it took {took:?}");
}
