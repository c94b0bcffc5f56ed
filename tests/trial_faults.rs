//! `runkey create --trial` when something breaks: whatever it made is revoked, or named.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::thread;

use common::{Outcome, create};
use octopus_sim::{Fault, Lie, Octopus, RUNBOOK_SVC};

/// As many as a trial sends when nothing breaks.
const REQUESTS: usize = 15;

/// The trial's keys that are left.
fn left(octopus: &Octopus) -> Vec<String> {
    let keys = octopus.keys(RUNBOOK_SVC);
    keys.into_iter()
        .filter(|key| key.purpose.starts_with("runkey trial"))
        .map(|key| key.id)
        .collect()
}

fn presented_no_dead_key(octopus: &Octopus) -> bool {
    let events = octopus.events();
    events.iter().all(|event| event.category != "LoginFailed")
}

/// Runs a trial in which this happens at the request of this number, for so many requests.
fn broken(fault: &Fault, request: usize, times: usize) -> (Octopus, Outcome) {
    let octopus = Octopus::start();
    octopus.fault(fault.clone()).at(request).times(times);
    let outcome = create(&octopus)
        .args(["--trial", "--retry-for", "3s", "--timeout", "1s"])
        .run();
    (octopus, outcome)
}

#[test]
fn whatever_breaks_at_whichever_request_a_trial_leaves_no_key() {
    let faults = [
        Fault::ResetBeforeProcessing,
        Fault::ResetAfterProcessing,
        Fault::StatusAfterProcessing(500),
        Fault::Status(403),
        Fault::Status(404),
        Fault::BadGatewayHtml,
        Fault::Truncated,
        Fault::NotJson,
        Fault::Lie(Lie::without("Id")),
        Fault::Lie(Lie::without("ApiKey")),
        Fault::Lie(Lie::not_json()),
        Fault::Lie(Lie::wrong_types()),
        Fault::Lie(Lie::success_with_error()),
        Fault::Lie(Lie::secret_with(' ')),
        Fault::Lie(Lie::no_expiry()),
    ];
    thread::scope(|scope| {
        for fault in &faults {
            scope.spawn(move || {
                for request in 1..=REQUESTS {
                    let (octopus, outcome) = broken(fault, request, 1);
                    let left = left(&octopus);
                    // Octopus's own word that a key is gone is believed.
                    let is_told_so = *fault == Fault::Status(404) && request == REQUESTS;
                    assert!(
                        left.is_empty() || is_told_so,
                        "{fault} at {request}: {left:?} {outcome:#?}"
                    );
                    assert!(matches!(outcome.code, Some(0 | 1)), "{fault}: {outcome:#?}");
                    assert!(presented_no_dead_key(&octopus), "{fault} at {request}");
                }
            });
        }
    });
}

#[test]
fn a_key_that_cannot_be_revoked_is_named() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::Status(403))
        .on("DELETE", "/apikeys")
        .forever();
    let outcome = create(&octopus).args(["--trial"]).run().expect_code(1);
    let left = left(&octopus);
    assert_eq!(left.len(), 2);
    assert_eq!(
        outcome.result_message().unwrap(),
        format!("The trial could not revoke {} and {}.", left[0], left[1])
    );
    let octopus = Octopus::start();
    octopus
        .fault(Fault::Status(403))
        .on("DELETE", "/apikeys")
        .forever();
    let outcome = create(&octopus)
        .args(["--trial", "--output", "json"])
        .run()
        .expect_code(1)
        .expect_text(
            "NO The key could not be revoked"
                .replace("NO", "✗")
                .as_str(),
        );
    let facts: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(facts["KeysLeft"].as_array().unwrap().len(), 2);
    assert_eq!(facts["Delete"]["Works"], false);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_trial_when_its_keys_are_gone() {
    use std::process::{Command, Stdio};
    use std::sync::mpsc;
    use std::time::Duration;

    for (signal, number) in [("TERM", 15), ("INT", 2), ("HUP", 1)] {
        for (method, path, request) in [
            ("GET", "/users/me", 1),
            ("POST", "/apikeys", 1),
            ("GET", "/apikeys/", 1),
            ("GET", "/users/me", 2),
            ("POST", "/apikeys", 2),
            ("DELETE", "/apikeys/", 1),
            ("GET", "/tasks", 1),
            ("DELETE", "/apikeys/", 2),
            ("DELETE", "/apikeys/", 3),
        ] {
            let octopus = Octopus::start();
            let (reached, wait) = mpsc::channel();
            octopus.before_request(method, path, move |_, number, _| {
                if number == request {
                    let _ = reached.send(());
                    // Time for the signal to arrive before the answer does.
                    thread::sleep(Duration::from_millis(100));
                }
            });
            let (mut command, folder) = create(&octopus).args(["--trial"]).into_command();
            let child = command
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            wait.recv().unwrap();
            let sent = Command::new("kill")
                .args([&format!("-{signal}"), &child.id().to_string()])
                .status()
                .unwrap();
            assert!(sent.success());
            let output = child.wait_with_output().unwrap();
            std::fs::remove_dir_all(folder).unwrap();
            assert_eq!(output.status.code(), Some(128 + number), "{output:?}");
            assert!(left(&octopus).is_empty(), "{signal} at {method} {path}");
            let log = String::from_utf8(output.stdout).unwrap();
            let sentence = "Ended by a signal. The trial's keys are revoked.";
            assert!(log.contains(sentence), "{log}");
        }
    }
}
