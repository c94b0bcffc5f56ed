//! Faults on demand, each as it looks to a client.

mod support;

use std::thread;
use std::time::{Duration, Instant};

use octopus_sim::{Fault, Gate, Octopus, RUNBOOK_SVC};
use support::Client;

const KEYS: &str = "/api/users/Users-21/apikeys";

/// What a client gets that waits two seconds: the status, or nothing it can use.
fn outcome(octopus: &Octopus) -> Option<u16> {
    let request = Client::service(octopus)
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

fn processes(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::ResetAfterProcessing
            | Fault::StatusAfterProcessing(_)
            | Fault::Truncated
            | Fault::EndlessBody
            | Fault::SlowBody
    )
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
                assert_eq!(is_processed, processes(&fault), "{fault}");
                assert_eq!(outcome(&octopus), Some(200), "after {fault}");
            });
        }
    });
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
