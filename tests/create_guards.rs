//! `runkey create`: what it checks, and what becomes of a key that fails the check.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{PURPOSE, create, requests};
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC, Settings};

#[test]
fn part_of_a_user_name_or_a_display_name_names_nobody() {
    let octopus = Octopus::start();
    for name in ["runbook", "Alice King", "runbook-svc2"] {
        create(&octopus)
            .args(["--owner", name])
            .run()
            .expect_code(1)
            .expect_text("There is no account with the user name");
    }
    assert!(
        octopus
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
}

#[test]
fn a_key_for_another_person_is_refused_with_the_servers_words() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .args(["--owner", "alice"])
        .run()
        .expect_code(1);
    assert_eq!(
        run.result_message().as_deref(),
        Some("Cannot create the key: the server refused it (403).")
    );
    run.expect_text("The server said: 'You do not have permission to perform this action");
}

#[test]
fn read_only_is_asked_for_and_verified_on_the_stored_key() {
    let octopus = Octopus::start();
    create(&octopus)
        .args(["--access", "read-only"])
        .run()
        .expect_code(0);
    assert_eq!(
        octopus.keys(RUNBOOK_SVC).pop().unwrap().access_level,
        "ReadOnly"
    );
    assert_eq!(
        requests(&octopus).last().unwrap(),
        "GET /api/users/Users-21/apikeys/ID"
    );
}

#[test]
fn read_only_fails_closed_on_a_server_that_ignores_it() {
    let octopus = Settings {
        knows_access_level: false,
        ..Settings::default()
    }
    .start();
    let before = octopus.keys(RUNBOOK_SVC).len();
    let run = create(&octopus)
        .args(["--access", "read-only"])
        .run()
        .expect_code(1);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), before);
    assert_eq!(run.variable("ApiKey"), None);
    run.expect_text("not read-only")
        .expect_text("has been revoked");
}

#[test]
fn a_key_without_an_expiry_is_revoked_at_once() {
    let octopus = Settings {
        knows_expiry: false,
        ..Settings::default()
    }
    .start();
    let before = octopus.keys(RUNBOOK_SVC).len();
    let run = create(&octopus)
        .run()
        .expect_code(1)
        .expect_text("never expires");
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), before);
    assert_eq!(run.variable("ApiKey"), None);
}

#[test]
fn an_answer_lost_after_the_key_was_made_costs_a_second_key_of_the_same_purpose() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::ResetAfterProcessing)
        .on("POST", "/apikeys");
    let run = create(&octopus).run().expect_code(0);
    let keys: Vec<_> = octopus
        .keys(RUNBOOK_SVC)
        .into_iter()
        .filter(|key| key.purpose == PURPOSE)
        .collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(run.variable("ApiKeyId"), Some(keys[1].id.clone()));
}
