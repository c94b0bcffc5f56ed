//! What is tried again, how long, and what is not.

mod common;

use std::time::{Duration, Instant};

use common::{Outcome, PURPOSE, Runkey, add_live_key, create, delete, requests, use_key};
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC, RateLimit, Settings};

/// A step, and how many requests it takes when all goes well.
const STEPS: [(&str, usize); 3] = [("create", 2), ("use", 1), ("delete", 3)];

/// One of the steps, on a server that has one key of the run.
fn step<'a>(octopus: &'a Octopus, name: &str) -> Runkey<'a> {
    let key = add_live_key(octopus, PURPOSE);
    let run = match name {
        "create" => create(octopus),
        "use" => use_key(octopus, &key.secret),
        _ => delete(octopus),
    };
    // Who asks for more is told of every wait, others once for each reason.
    run.args(["--verbose"])
}

/// How often the run said that it waits.
fn waits(run: &Outcome) -> usize {
    let mut lines = run.at_level("stdout-wait");
    let mut again = run.at_level("stdout-verbose");
    again.retain(|line| line.starts_with("Waiting: "));
    lines.append(&mut again);
    assert!(
        lines
            .iter()
            .all(|line| line.starts_with("Waiting: ") && line.contains(". Trying again in ")),
        "{lines:#?}"
    );
    lines.len()
}

/// Faults that may be over a moment later.
fn passing() -> Vec<Fault> {
    let mut faults = vec![
        Fault::RefusedConnection,
        Fault::ResetBeforeProcessing,
        Fault::ResetAfterProcessing,
        Fault::TooManyRequests { retry_after: None },
        Fault::BadGatewayHtml,
        Fault::Truncated,
        Fault::NotHttp,
        Fault::NotJson,
        Fault::StatusAfterProcessing(500),
    ];
    faults.extend([500, 502, 503, 504].map(Fault::Status));
    faults
}

#[test]
fn what_may_pass_is_tried_again_and_announced_in_every_step() {
    std::thread::scope(|scope| {
        for fault in passing() {
            scope.spawn(move || {
                for (name, usual) in STEPS {
                    let octopus = Octopus::start();
                    let run = step(&octopus, name);
                    octopus.fault(fault.clone()).on("GET", "/api");
                    let run = run.run().expect_code(0);
                    assert_eq!(waits(&run), 1, "{name}, {fault}");
                    assert_eq!(requests(&octopus).len(), usual + 1, "{name}, {fault}");
                }
            });
        }
    });
}

#[test]
fn every_request_of_a_step_is_tried_again() {
    for (name, method) in [("create", "POST"), ("delete", "DELETE")] {
        let octopus = Octopus::start();
        let run = step(&octopus, name);
        octopus
            .fault(Fault::Status(503))
            .on(method, "/apikeys")
            .times(2);
        assert_eq!(waits(&run.run().expect_code(0)), 2, "{name}");
    }
}

#[test]
fn a_request_that_is_not_answered_in_time_is_tried_again() {
    let octopus = Octopus::start();
    octopus.fault(Fault::Timeout).on("GET", "/users/me");
    let run = create(&octopus)
        .args(["--timeout", "500ms"])
        .run()
        .expect_code(0)
        .expect_text("within 500ms. Trying again in");
    assert_eq!(waits(&run), 1);
}

#[test]
fn what_will_not_pass_is_not_tried_again_in_any_step() {
    let mut faults = [400, 401, 403, 404, 405, 409, 501]
        .map(Fault::Status)
        .to_vec();
    faults.push(Fault::Redirect {
        to: "http://127.0.0.1:9/".into(),
    });
    for fault in faults {
        for (name, _) in STEPS {
            let octopus = Octopus::start();
            let run = step(&octopus, name);
            octopus.fault(fault.clone()).on("GET", "/api").forever();
            let code = if name == "use" { 125 } else { 1 };
            let run = run.args(["--retry-for", "1s"]).run().expect_code(code);
            assert_eq!(waits(&run), 0, "{name}, {fault}");
            assert_eq!(requests(&octopus).len(), 1, "{name}, {fault}");
        }
    }
}

#[test]
fn a_refused_key_is_asked_for_once() {
    for status in [400, 403] {
        let octopus = Octopus::start();
        octopus
            .fault(Fault::Status(status))
            .on("POST", "/apikeys")
            .forever();
        create(&octopus).run().expect_code(1);
        assert_eq!(requests(&octopus).len(), 2);
    }
}

#[test]
fn it_waits_at_least_as_long_as_the_server_asks() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::TooManyRequests {
            retry_after: Some(1),
        })
        .on("POST", "/apikeys");
    let start = Instant::now();
    let run = create(&octopus).run().expect_code(0);
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(waits(&run), 1);
    run.expect_text("Waiting: the server's rate limit is used up (429). Trying again in ");
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 2);
}

#[test]
fn a_step_gets_through_a_rate_limit() {
    let octopus = Settings {
        rate_limit: Some(RateLimit {
            requests: 1,
            per: Duration::from_millis(300),
            burst: 1,
            retry_after: false,
        }),
        ..Settings::default()
    }
    .start();
    create(&octopus).run().expect_code(0);
    delete(&octopus).run().expect_code(0);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}

#[test]
fn every_step_gives_up_when_the_time_is_over() {
    let faults = [
        Fault::Status(503),
        Fault::ResetBeforeProcessing,
        Fault::TooManyRequests {
            retry_after: Some(3600),
        },
    ];
    std::thread::scope(|scope| {
        for (name, _) in STEPS {
            for fault in faults.clone() {
                scope.spawn(move || gives_up(name, &fault));
            }
        }
    });
}

fn gives_up(name: &str, fault: &Fault) {
    let octopus = Octopus::start();
    let run = step(&octopus, name).args(["--retry-for", "400ms"]);
    octopus.fault(fault.clone()).forever();
    let start = Instant::now();
    let run = run.run().expect_code(if name == "use" { 125 } else { 1 });
    let took = start.elapsed();
    assert!(
        took >= Duration::from_millis(400),
        "{name}, {fault}: {took:?}"
    );
    assert!(took < Duration::from_secs(30), "{name}, {fault}: {took:?}");
    assert!(waits(&run) >= 1);
    assert_eq!(requests(&octopus).len(), waits(&run) + 1, "{name}, {fault}");
}

#[test]
fn the_time_is_for_all_requests_together() {
    let octopus = Octopus::start();
    for _ in 0..20 {
        add_live_key(&octopus, PURPOSE);
    }
    octopus
        .fault(Fault::Status(503))
        .on("DELETE", "/apikeys")
        .forever();
    let start = Instant::now();
    delete(&octopus)
        .args(["--retry-for", "500ms"])
        .run()
        .expect_code(1);
    assert!(start.elapsed() < Duration::from_secs(5), "20 keys");
    let mut tried: Vec<String> = octopus.requests()[2..]
        .iter()
        .map(|request| request.path.clone())
        .collect();
    tried.dedup();
    assert_eq!(tried.len(), 20, "each key had its chance");
}

#[test]
fn waiting_is_told_to_people_and_programs_too() {
    for format in ["json", "text"] {
        let octopus = Octopus::start();
        octopus.fault(Fault::Status(503)).on("GET", "/users/me");
        let run = create(&octopus)
            .args(["--output", format])
            .run()
            .expect_code(0);
        assert!(
            run.stderr
                .starts_with("Waiting: the server answered 503. Trying again in "),
            "{run:#?}"
        );
    }
}

#[test]
fn a_reason_for_waiting_is_said_once_with_the_time_of_the_last_try() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::Status(503))
        .on("GET", "/users/me")
        .times(3);
    let run = create(&octopus).run().expect_code(0);
    let said = run.at_level("stdout-wait");
    assert!(
        matches!(said[..], [line] if line.contains(", and until 20") && line.ends_with("Z if need be.")),
        "{said:#?}"
    );
}
