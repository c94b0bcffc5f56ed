//! Faults on demand, each as it looks to a client.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use octopus_sim::{Fault, Octopus, RUNBOOK_SVC};
use serde_json::json;
use support::Client;

const KEYS: &str = "/api/users/Users-21/apikeys";

fn service(octopus: &Octopus) -> Client {
    Client::with_key(octopus.url(), octopus.service_key())
}

/// What a client gets that waits two seconds: the status, or nothing it can use.
fn outcome(octopus: &Octopus) -> Option<u16> {
    let request = service(octopus)
        .agent
        .post(format!("{}{KEYS}", octopus.url()))
        .config()
        .timeout_global(Some(Duration::from_secs(2)))
        .build()
        .header("X-Octopus-ApiKey", octopus.service_key());
    let mut response = request.send(r#"{"Purpose":"x"}"#).ok()?;
    response.body_mut().read_to_vec().ok()?;
    Some(response.status().as_u16())
}

/// What a client gets that has this fault, and whether the server did what was asked.
fn promise(fault: &Fault) -> (Option<u16>, bool) {
    match fault {
        Fault::RefusedConnection
        | Fault::ResetBeforeProcessing
        | Fault::Timeout
        | Fault::NotHttp => (None, false),
        Fault::ResetAfterProcessing | Fault::Truncated | Fault::EndlessBody | Fault::SlowBody => {
            (None, true)
        }
        Fault::TooManyRequests { .. } => (Some(429), false),
        Fault::Status(status) | Fault::HostileError { status, .. } => (Some(*status), false),
        Fault::StatusAfterProcessing(status) => (Some(*status), true),
        Fault::BadGatewayHtml => (Some(502), false),
        Fault::NotJson => (Some(200), false),
        Fault::Redirect { .. } => (Some(302), false),
        Fault::Lie(_) => unreachable!("lies have tests of their own"),
    }
}

#[test]
fn each_fault_answers_as_it_says_and_processes_only_if_it_says() {
    thread::scope(|scope| {
        for fault in Fault::all() {
            scope.spawn(move || {
                let octopus = Octopus::start();
                octopus.fault(fault.clone());
                let answered = outcome(&octopus);
                let made = octopus.keys(RUNBOOK_SVC).len() == 2;
                assert_eq!((answered, made), promise(&fault), "{fault}");
                assert_eq!(outcome(&octopus), Some(200), "after {fault}");
            });
        }
    });
}

#[test]
fn a_fault_hits_only_the_requests_it_is_planned_for() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::Status(503))
        .on("POST", "/apikeys")
        .at(2)
        .times(2);
    let client = service(&octopus);
    let statuses: Vec<_> = (0..5)
        .flat_map(|_| {
            let made = client.post(KEYS, &json!({ "Purpose": "x" }));
            [made.status, client.get(KEYS).status]
        })
        .collect();
    assert_eq!(statuses, [200, 200, 503, 200, 503, 200, 200, 200, 200, 200]);
}

#[test]
fn a_forever_fault_does_not_end() {
    let octopus = Octopus::start();
    octopus.fault(Fault::Status(500)).forever();
    let client = service(&octopus);
    assert!((0..20).all(|_| client.get("/api/users/me").status == 500));
}

#[test]
fn a_reset_within_a_kept_connection_is_seen_as_a_reset() {
    let octopus = Octopus::start();
    octopus.fault(Fault::RefusedConnection).at(2);
    let address = octopus.url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("a connection");
    let request = b"GET /api/users/me HTTP/1.1\r\nHost: here\r\n\r\n";
    stream.write_all(request).expect("the first request");
    let read = stream.read(&mut [0; 4096]).expect("the first answer");
    assert!(read > 0);
    stream.write_all(request).expect("the second request");
    let error = stream.read(&mut [0; 4096]).expect_err("a reset");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    let requests = octopus.requests();
    assert_eq!((requests[0].status, requests[1].status), (Some(401), None));
}

#[test]
fn a_callback_changes_the_world_before_a_request() {
    let octopus = Octopus::start();
    octopus.add_keys(RUNBOOK_SVC, 60);
    octopus.before_request("GET", "/apikeys", |world, number, _| {
        if number == 2 {
            assert!(world.revoke("apikeys-60"));
        }
    });
    let client = service(&octopus);
    let first = client.get(KEYS);
    let second = client.get(&format!("{KEYS}?skip=30"));
    assert_eq!(first.body["TotalResults"], 61);
    assert_eq!(second.body["TotalResults"], 60);
}

#[test]
fn a_truncated_answer_promises_more_than_it_holds() {
    let octopus = Octopus::start();
    octopus.fault(Fault::Truncated);
    let mut response = service(&octopus)
        .send("GET", "/api/users/me", "")
        .expect("headers");
    assert_eq!(response.status(), 200);
    assert!(response.body_mut().read_to_string().is_err());
}

#[test]
fn too_many_requests_says_how_long_to_wait_only_if_asked_to() {
    let octopus = Octopus::start();
    for (retry_after, expected) in [(Some(7), Some("7")), (None, None)] {
        octopus.fault(Fault::TooManyRequests { retry_after });
        let response = service(&octopus)
            .send("GET", "/api/users/me", "")
            .expect("an answer");
        let header = response.headers().get("retry-after");
        assert_eq!(header.and_then(|value| value.to_str().ok()), expected);
    }
}
