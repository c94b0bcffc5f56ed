//! Faults on demand, each as it looks to a client.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use octopus_sim::{Fault, Gate, MadeUp, Octopus, RUNBOOK_SVC};
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

/// What a client gets that has this fault; `None` is a response it cannot use.
fn promise(fault: &Fault) -> Option<u16> {
    match fault {
        Fault::TooManyRequests { .. } => Some(429),
        Fault::Status(status)
        | Fault::StatusAfterProcessing(status)
        | Fault::HostileError { status, .. } => Some(*status),
        Fault::BadGatewayHtml => Some(502),
        Fault::NotJson => Some(200),
        Fault::Redirect { .. } => Some(302),
        _ => None,
    }
}

#[test]
fn processes_a_request_only_where_the_fault_says_so() {
    thread::scope(|scope| {
        for fault in Fault::all() {
            scope.spawn(move || {
                let octopus = Octopus::start();
                octopus.fault(fault.clone());
                assert_eq!(outcome(&octopus), promise(&fault), "{fault}");
                let is_processed = octopus.keys(RUNBOOK_SVC).len() == 2;
                assert_eq!(is_processed, fault.processes(), "{fault}");
                assert_eq!(outcome(&octopus), Some(200), "after {fault}");
            });
        }
    });
}

#[test]
fn edits_status_headers_and_body_of_a_response() {
    let octopus = Octopus::start();
    octopus.fault(Fault::edit("cached", |request, response| {
        response.status = 203;
        response.set_header("Age", "60");
        response.remove_header("Date");
        response.edit_json(|body| body["Echo"] = json!(request.path));
    }));
    let mut response = service(&octopus)
        .send("GET", "/api/users/me", "")
        .expect("a response");
    assert_eq!(response.status(), 203);
    assert_eq!(response.headers()["age"], "60");
    assert!(!response.headers().contains_key("date"));
    let body = response.body_mut().read_to_string().expect("a body");
    assert!(body.contains(r#""Echo":"/api/users/me""#), "{body}");
}

#[test]
fn misleading_responses_are_delivered_and_processed_as_named() {
    for fault in Fault::lies() {
        let octopus = Octopus::start();
        octopus.fault(fault.clone()).on("POST", "/apikeys");
        assert!(outcome(&octopus).is_some(), "{fault}");
        let is_processed = octopus.keys(RUNBOOK_SVC).len() == 2;
        assert_eq!(is_processed, fault.processes(), "{fault}");
    }
}

#[test]
fn carries_out_a_held_request_although_its_client_left() {
    let octopus = Octopus::start();
    let gate = Gate::new();
    octopus.fault(Fault::Hold(gate.clone()));
    assert_eq!(outcome(&octopus), None);
    gate.wait_for(1);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
    gate.release();
    let end = Instant::now() + Duration::from_secs(10);
    while octopus.keys(RUNBOOK_SVC).len() == 1 && Instant::now() < end {
        thread::yield_now();
    }
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 2);
}

#[test]
fn an_endless_list_has_room_for_more_on_every_page() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::endless_list(MadeUp::NewIds))
        .on("GET", "/apikeys")
        .forever();
    let page = service(&octopus).get(&format!("{KEYS}?skip=90"));
    assert_eq!(page.each("Id").len(), 30);
    assert_eq!(page.body["TotalResults"], 150);
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
