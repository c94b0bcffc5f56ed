//! The report never stands in the way: the key is revoked first, and all the same. Only a key that
//! lives on is a failure.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::time::{Duration, Instant};

use common::report::report;
use common::{PURPOSE, add_live_key, delete};
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC, Settings};

/// Fails unless the service account has nothing but its long-lived key.
#[track_caller]
fn assert_revoked(octopus: &Octopus) {
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}

#[test]
fn without_the_permission_a_warning_says_which_one_is_missing() {
    let octopus = Settings {
        service_account_views_events: false,
        ..Settings::default()
    }
    .start();
    add_live_key(&octopus, PURPOSE);
    let run = delete(&octopus)
        .env("RUNKEY_REPORT", "report.html")
        .run()
        .expect_code(0);
    let [warning] = run.at_level("stdout-warning")[..] else {
        panic!("one warning: {run:#?}")
    };
    assert!(warning.starts_with("There is no audit report, since the audit trail could not be read: the server refused it (403)."), "{warning}");
    assert!(warning.ends_with("the permission EventView."), "{warning}");
    assert_revoked(&octopus);
}

/// How long a step takes with this fault in the audit trail.
fn time_with(fault: Fault) -> Duration {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    octopus.fault(fault).on("GET", "/api/events").forever();
    let start = Instant::now();
    delete(&octopus)
        .args(["--report", "report.json", "--retry-for", "1s"])
        .run()
        .expect_code(0)
        .expect_text("There is no audit report, since the audit trail could not be read");
    assert_revoked(&octopus);
    start.elapsed()
}

#[test]
fn a_server_that_fails_or_hangs_holds_the_step_for_seconds_only() {
    let faults = [Fault::Status(500), Fault::Timeout, Fault::SlowBody];
    let steps = faults.map(|fault| std::thread::spawn(|| time_with(fault)));
    for step in steps {
        let time = step.join().unwrap();
        assert!(time < Duration::from_secs(25), "{time:?}");
    }
}

#[test]
fn half_an_audit_trail_is_no_report() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    octopus.advance_clock(jiff::SignedDuration::from_mins(50));
    octopus.add_events(RUNBOOK_SVC, 2000);
    octopus
        .fault(Fault::Status(403))
        .on("GET", "/api/events")
        .at(2);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    delete(&octopus)
        .args(["--report"])
        .args([&file])
        .run()
        .expect_code(0)
        .expect_text("There is no audit report");
    assert!(!file.exists());
}

#[test]
fn what_is_wrong_with_its_options_is_a_warning_after_the_revocation() {
    for (name, value, warning) in [
        ("RUNKEY_REPORT", "report.pdf", "is neither .html nor .json"),
        (
            "RUNKEY_PROOF_KEY",
            "#{ApiKey}",
            "Whether the key is dead was not tried",
        ),
        ("RUNKEY_KEY_ID", "../..", "There is no key of"),
    ] {
        let octopus = Octopus::start();
        if name == "RUNKEY_REPORT" || name == "RUNKEY_PROOF_KEY" {
            add_live_key(&octopus, PURPOSE);
        }
        delete(&octopus)
            .env("RUNKEY_REPORT", "report.json")
            .env(name, value)
            .run()
            .expect_code(0)
            .expect_text(warning);
        assert_revoked(&octopus);
    }
}

#[test]
fn a_key_that_could_not_be_revoked_shows_in_the_report_too() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    octopus.fault(Fault::Status(403)).on("DELETE", "/apikeys");
    let (run, text) = report(&octopus, "report.json", |run| run);
    run.expect_code(1);
    assert!(text.contains("\"Fate\": \"LivesOn\""), "{text}");
}
