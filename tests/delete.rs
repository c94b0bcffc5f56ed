//! `runkey delete`: what it sends, which keys it revokes and which it spares.

mod common;

use common::{PURPOSE, add_live_key, create, delete, requests};
use octopus_sim::{Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings};

const NIGHTLY: &str = "nightly clean-up";

/// The ids of the service account's keys, but for the long-lived one.
fn ids_left(octopus: &Octopus) -> Vec<String> {
    let keys = octopus.keys(RUNBOOK_SVC).into_iter().skip(1);
    keys.map(|key| key.id).collect()
}

#[test]
fn one_key_takes_three_requests_on_one_connection() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    let run = delete(&octopus).run().expect_code(0);
    assert_eq!(
        requests(&octopus),
        [
            "GET /api/users/me",
            "GET /api/users/Users-21/apikeys?skip=0&take=1000&partialPurpose=ServerTasks-123",
            "DELETE /api/users/Users-21/apikeys/ID",
        ]
    );
    assert_eq!(octopus.connections(), 1);
    assert_eq!(
        run.at_level("stdout-highlight"),
        ["Revoked 1 key of Alice King (alice), run ServerTasks-123."]
    );
}

#[test]
fn with_the_owners_id_two_requests_will_do() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    delete(&octopus)
        .args(["--owner", RUNBOOK_SVC])
        .run()
        .expect_code(0);
    assert_eq!(octopus.requests().len(), 2);
    assert_eq!(ids_left(&octopus), [""; 0]);
}

#[test]
fn what_create_made_on_another_service_account_is_deleted_there() {
    let octopus = Octopus::start();
    let on_svc = add_live_key(&octopus, PURPOSE);
    let owner = ["--owner", "runbook-alice"];
    create(&octopus).args(owner).run().expect_code(0);
    delete(&octopus).args(owner).run().expect_code(0);
    assert!(octopus.keys(RUNBOOK_ALICE).is_empty());
    assert_eq!(ids_left(&octopus), [on_svc.id]);
}

#[test]
fn every_key_of_the_purpose_goes() {
    let octopus = Octopus::start();
    for _ in 0..3 {
        add_live_key(&octopus, PURPOSE);
    }
    let past = octopus.now();
    octopus.add_key(RUNBOOK_SVC, PURPOSE, Some(past));
    octopus.add_key(RUNBOOK_SVC, PURPOSE, None);
    delete(&octopus)
        .run()
        .expect_code(0)
        .expect_text("Revoked 5 keys of Alice King (alice), run ServerTasks-123.");
    assert_eq!(ids_left(&octopus), [""; 0]);
}

#[test]
fn purposes_that_are_almost_the_same_are_spared() {
    for settings in [Settings::default(), Settings::old_server()] {
        let octopus = settings.start();
        let near_misses = [
            "Alice King (alice) [runkey ServerTasks-12]",
            "Alice King (alice) [runkey ServerTasks-1234]",
            "Alice King (alice) [runkey servertasks-123]",
            "ALICE KING (ALICE) [runkey ServerTasks-123]",
            "Alice King (alice) [RUNKEY ServerTasks-123]",
            " Alice King (alice) [runkey ServerTasks-123]",
            "Alice King (alice) [runkey ServerTasks-123] ",
            "Alice King (alice)  [runkey ServerTasks-123]",
            "Alice King (alice) [runkey ServerTasks-123]]",
            "x Alice King (alice) [runkey ServerTasks-123]",
            "Alice King (alice) [runkey ServerTasks-123] x",
            "Alice King (alice)",
            "[runkey ServerTasks-123]",
            "ServerTasks-123",
        ]
        .map(|purpose| add_live_key(&octopus, purpose).id);
        add_live_key(&octopus, PURPOSE);
        delete(&octopus).run().expect_code(0);
        assert_eq!(ids_left(&octopus), near_misses);
    }
}

#[test]
fn a_concurrent_run_of_the_same_person_keeps_its_key() {
    let octopus = Octopus::start();
    create(&octopus).run().expect_code(0);
    let other = create(&octopus)
        .args(["--run-id", "ServerTasks-124"])
        .run()
        .expect_code(0);
    delete(&octopus).run().expect_code(0);
    let kept = other.variable("ApiKeyId").expect("a key was made");
    assert_eq!(ids_left(&octopus), [kept]);
}

#[test]
fn another_persons_key_of_the_same_run_id_is_kept() {
    let octopus = Octopus::start();
    let of_bob = add_live_key(&octopus, "Bob Ng (bob) [runkey ServerTasks-123]");
    add_live_key(&octopus, PURPOSE);
    delete(&octopus).run().expect_code(0);
    assert_eq!(ids_left(&octopus), [of_bob.id]);
}

#[test]
fn a_purpose_given_word_for_word_is_taken_word_for_word() {
    let octopus = Octopus::start();
    let near_misses = ["nightly", "Nightly clean-up", "nightly clean-up 2", PURPOSE]
        .map(|purpose| add_live_key(&octopus, purpose).id);
    add_live_key(&octopus, NIGHTLY);
    delete(&octopus)
        .args(["--purpose", NIGHTLY])
        .run()
        .expect_code(0)
        .expect_text("Revoked 1 key of 'nightly clean-up'.");
    assert_eq!(ids_left(&octopus), near_misses);
}

#[test]
fn a_key_that_is_gone_already_is_a_success() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    let id = key.id.clone();
    octopus.before_request("DELETE", "/apikeys", move |octopus, _, _| {
        octopus.revoke(&id);
    });
    let run = delete(&octopus)
        .args(["--require", "--output", "json"])
        .run()
        .expect_code(0)
        .expect_text(&format!("The key {} was gone already.", key.id));
    let outcome: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(outcome["AlreadyGone"], serde_json::json!([key.id]));
    assert_eq!(outcome["Revoked"], serde_json::json!([]));
}

#[test]
fn when_none_is_found_it_looks_again_without_the_servers_filter_and_warns() {
    let octopus = Octopus::start();
    let run = delete(&octopus).run().expect_code(0);
    assert_eq!(
        requests(&octopus)[1..],
        [
            "GET /api/users/Users-21/apikeys?skip=0&take=1000&partialPurpose=ServerTasks-123",
            "GET /api/users/Users-21/apikeys?skip=0&take=1000",
        ]
    );
    let [warning] = run.at_level("stdout-warning")[..] else {
        panic!("one warning: {run:#?}")
    };
    assert!(
        warning.starts_with(
            "There is no key of Alice King (alice), run ServerTasks-123 on the account Users-21."
        ),
        "{warning}"
    );
}

#[test]
fn when_none_is_found_and_one_is_required_it_fails() {
    let octopus = Octopus::start();
    let run = delete(&octopus).args(["--require"]).run().expect_code(1);
    assert_eq!(
        run.result_message().as_deref(),
        Some("There is no key of Alice King (alice), run ServerTasks-123 on the account Users-21.")
    );
}

#[test]
fn a_dry_run_shows_what_would_go_and_changes_nothing() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    let text = delete(&octopus)
        .args(["--dry-run"])
        .run()
        .expect_code(0)
        .expect_text(&format!(
            "Would revoke {}: Alice King (alice), run ServerTasks-123.",
            key.id
        ));
    assert_eq!(
        text.at_level("stdout-highlight"),
        ["1 key would be revoked; nothing was changed (dry run)."]
    );
    let json = delete(&octopus)
        .args(["--dry-run", "--output", "json"])
        .run()
        .expect_code(0);
    let outcome: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(outcome["DryRun"], true);
    assert_eq!(outcome["WouldRevoke"], serde_json::json!([key.id]));
    assert_eq!(outcome["Revoked"], serde_json::json!([]));
    let mut requests = octopus.requests().into_iter();
    assert!(requests.all(|request| request.method == "GET"));
    assert_eq!(ids_left(&octopus), [key.id]);
}
