//! Faults on demand, each as it looks to a client.

mod support;

use std::thread;
use std::time::Duration;

use octopus_sim::{Fault, Octopus, RUNBOOK_SVC};
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
