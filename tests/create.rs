//! `runkey create`: what it sends, and for whom the key is made.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{PURPOSE, create, requests};
use octopus_sim::{Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings};

#[test]
fn create_needs_two_requests_on_one_connection() {
    let octopus = Octopus::start();
    create(&octopus).run().expect_code(0);
    assert_eq!(
        requests(&octopus),
        ["GET /api/users/me", "POST /api/users/Users-21/apikeys"]
    );
    assert_eq!(octopus.connections(), 1);
}

#[test]
fn create_with_the_owners_id_needs_one_request() {
    let octopus = Octopus::start();
    create(&octopus)
        .args(["--owner", RUNBOOK_SVC])
        .run()
        .expect_code(0);
    assert_eq!(requests(&octopus), ["POST /api/users/Users-21/apikeys"]);
}

#[test]
fn create_sends_purpose_expiry_and_owner_and_nothing_an_old_server_does_not_know() {
    let octopus = Octopus::start();
    create(&octopus).run().expect_code(0);
    let post = octopus.requests().pop().unwrap();
    let body: serde_json::Value = serde_json::from_str(&post.body).unwrap();
    let fields: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["Expires", "Purpose", "UserId"]);
    assert_eq!(body["Purpose"], PURPOSE);
    assert_eq!(body["UserId"], RUNBOOK_SVC);
    assert_eq!(post.header("content-type"), Some("application/json"));
    assert_eq!(
        post.header("user-agent"),
        Some(concat!("runkey/", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn a_person_finds_the_owner_by_user_name_whatever_its_case_over_all_pages() {
    let octopus = Settings {
        largest_page: Some(30),
        ..Settings::default()
    }
    .start();
    for number in 0..100 {
        octopus.add_user(&format!("RUNBOOK-ALICE-{number}"), "A near miss", true);
    }
    let late = octopus.add_user("Last-Of-All-runbook-alice", "Found late", true);
    create(&octopus)
        .args(["--owner", "last-of-all-RUNBOOK-alice"])
        .run()
        .expect_code(0);
    assert_eq!(octopus.keys(&late).len(), 1);
    create(&octopus)
        .args(["--owner", "Runbook-Alice"])
        .run()
        .expect_code(0);
    assert_eq!(octopus.keys(RUNBOOK_ALICE).len(), 1);
}

#[test]
fn an_ai_agents_key_says_so() {
    let octopus = Octopus::start();
    create(&octopus)
        .args(["--actor-type", "ai-agent"])
        .run()
        .expect_code(0);
    assert_eq!(
        octopus.keys(RUNBOOK_SVC).pop().unwrap().actor_type,
        "AiAgent"
    );
}

#[test]
fn an_access_token_will_do_as_the_credential() {
    let octopus = Octopus::start();
    create(&octopus)
        .without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token())
        .run()
        .expect_code(0);
    let request = &octopus.requests()[0];
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {}", octopus.access_token()).as_str())
    );
    assert_eq!(request.header("x-octopus-apikey"), None);
}
