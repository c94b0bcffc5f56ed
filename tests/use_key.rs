//! `runkey use`: how the run's key is checked before anything works with it.

mod common;

use common::{PURPOSE, Runkey, add_live_key, requests, use_key};
use jiff::SignedDuration;
use octopus_sim::{AddedKey, Fault, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC};

/// `runkey use` with this key, its id and its owner, as the step template calls it.
fn exact<'a>(octopus: &'a Octopus, key: &AddedKey) -> Runkey<'a> {
    use_key(octopus, &key.secret)
        .env("RUNKEY_KEY_ID", &key.id)
        .env("RUNKEY_OWNER", RUNBOOK_SVC)
}

#[test]
fn with_the_keys_id_and_owner_one_look_at_its_own_record_is_enough() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    exact(&octopus, &key)
        .run()
        .expect_code(0)
        .expect_text(&format!("The key works: '{PURPOSE}', until "));
    assert_eq!(
        requests(&octopus),
        ["GET /api/users/Users-21/apikeys/ID"],
        "one request"
    );
    let request = &octopus.requests()[0];
    assert!(request.path.ends_with(&key.id), "{request:?}");
    assert_eq!(
        request.header("x-octopus-apikey"),
        Some(key.secret.as_str())
    );
}

#[test]
fn without_the_keys_id_it_asks_whose_key_it_is() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    use_key(&octopus, &key.secret)
        .run()
        .expect_code(0)
        .expect_text("The key works; it belongs to 'runbook-svc' (Users-21).");
    assert_eq!(requests(&octopus), ["GET /api/users/me"]);
}

#[test]
fn an_owner_given_by_name_is_looked_up_for_the_record() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    exact(&octopus, &key)
        .env("RUNKEY_OWNER", "Runbook-SVC")
        .run()
        .expect_code(0);
    assert_eq!(
        requests(&octopus),
        [
            "GET /api/users?skip=0&take=1000&filter=Runbook-SVC",
            "GET /api/users/Users-21/apikeys/ID"
        ]
    );
}

#[test]
fn an_owner_without_the_keys_id_is_compared_with_whose_key_it_is() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    for owner in [RUNBOOK_SVC, "runbook-svc", "RUNBOOK-SVC"] {
        use_key(&octopus, &key.secret)
            .args(["--owner", owner])
            .run()
            .expect_code(0);
    }
    for owner in [RUNBOOK_ALICE, "runbook-alice", "runbook"] {
        use_key(&octopus, &key.secret)
            .args(["--owner", owner])
            .run()
            .expect_code(125)
            .expect_text("it belongs to 'runbook-svc' (Users-21)");
    }
}

#[test]
fn no_check_sends_nothing() {
    let octopus = Octopus::start();
    exact(&octopus, &add_live_key(&octopus, PURPOSE))
        .args(["--no-check"])
        .run()
        .expect_code(0);
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn an_empty_key_names_the_step_that_did_not_run() {
    let octopus = Octopus::start();
    let run = use_key(&octopus, "")
        .env("RUNKEY_CREATE_STEP", "Create the key")
        .args(["--output", "octopus", "--", "echo", "COMMAND ran"])
        .run()
        .expect_code(125);
    assert_eq!(
        run.result_message().as_deref(),
        Some(
            "There is no key in OCTOPUS_API_KEY: the step 'Create the key', which makes the key, \
             did not run, failed, or has another name."
        )
    );
    assert!(!run.stdout.contains("COMMAND ran"), "{run:#?}");
    use_key(&octopus, "")
        .run()
        .expect_code(125)
        .expect_text("the step that makes the key did not run");
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn a_key_that_octopus_did_not_fill_in_is_refused_unsent() {
    let octopus = Octopus::start();
    use_key(&octopus, "#{Octopus.Action[Create].Output.ApiKey}")
        .run()
        .expect_code(125)
        .expect_text("OCTOPUS_API_KEY still holds '#{'");
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn a_revoked_an_expired_and_a_disabled_accounts_key_are_dead() {
    let octopus = Octopus::start();
    let revoked = add_live_key(&octopus, PURPOSE);
    octopus.revoke(&revoked.id);
    let past = octopus.now() - SignedDuration::from_secs(1);
    let expired = octopus.add_key(RUNBOOK_SVC, PURPOSE, Some(past));
    let soon = octopus.now() + SignedDuration::from_hours(1);
    let disabled = octopus.add_key(RUNBOOK_ALICE, PURPOSE, Some(soon));
    octopus.disable_user(RUNBOOK_ALICE);
    for key in [revoked, expired, disabled] {
        for run in [exact(&octopus, &key), use_key(&octopus, &key.secret)] {
            let run = run
                .args(["--output", "octopus", "--", "echo", "COMMAND ran"])
                .run()
                .expect_code(125);
            assert_eq!(
                run.result_message().as_deref(),
                Some("The key is dead: it was revoked, it expired, or its account is disabled.")
            );
            assert!(!run.stdout.contains("COMMAND ran"), "{run:#?}");
        }
    }
}

#[test]
fn a_key_of_another_run_or_person_is_refused() {
    let octopus = Octopus::start();
    for purpose in [
        "Alice King (alice) [runkey ServerTasks-12]",
        "Alice King (alice) [runkey ServerTasks-1234]",
        "Bob Ng (bob) [runkey ServerTasks-123]",
        "alice king (alice) [runkey ServerTasks-123]",
    ] {
        exact(&octopus, &add_live_key(&octopus, purpose))
            .run()
            .expect_code(125)
            .expect_text(&format!(
                "The key is not the one that it should be: its purpose is '{purpose}'."
            ));
    }
}

#[test]
fn without_a_purpose_any_purpose_will_do() {
    let octopus = Octopus::start();
    exact(&octopus, &add_live_key(&octopus, "nightly clean-up"))
        .without("RUNKEY_RUN_BY")
        .without("RUNKEY_RUN_ID")
        .run()
        .expect_code(0);
}

#[test]
fn the_id_of_another_key_is_warned_of_by_its_hint() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    let other = add_live_key(&octopus, PURPOSE);
    let run = exact(&octopus, &key)
        .env("RUNKEY_KEY_ID", &other.id)
        .run()
        .expect_code(0);
    let warnings = run.at_level("stdout-warning");
    assert!(
        matches!(warnings[..], [warning] if warning.contains("does not fit the key")),
        "{run:#?}"
    );
}

#[test]
fn a_live_key_that_is_not_on_the_account_given_is_wrong_and_not_dead() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    exact(&octopus, &key)
        .env("RUNKEY_OWNER", RUNBOOK_ALICE)
        .run()
        .expect_code(125)
        .expect_text("The key is not the one that it should be: the account Users-22 has no key");
}

#[test]
fn a_key_that_never_expires_is_refused() {
    let octopus = Octopus::start();
    exact(&octopus, &octopus.add_key(RUNBOOK_SVC, PURPOSE, None))
        .run()
        .expect_code(125)
        .expect_text("it never expires");
}

#[test]
fn a_key_that_must_be_read_only_is_checked_to_be_so() {
    let octopus = Octopus::start();
    let read_only = ["--access", "read-only"];
    exact(&octopus, &add_live_key(&octopus, PURPOSE))
        .args(read_only)
        .run()
        .expect_code(125)
        .expect_text("it is not read-only (its access level: FullAccess)");

    let made = common::create(&octopus)
        .args(read_only)
        .run()
        .expect_code(0);
    let key = AddedKey {
        id: made.variable("ApiKeyId").expect("a key was made"),
        secret: made.variable("ApiKey").expect("a key was made"),
    };
    exact(&octopus, &key).args(read_only).run().expect_code(0);
    use_key(&octopus, &key.secret)
        .args(read_only)
        .run()
        .expect_code(125)
        .expect_text("Whether the key is read-only could not be checked.");
}

#[test]
fn a_key_that_may_not_read_its_own_record_is_checked_by_its_owner() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Fault::Status(403))
        .on("GET", "/apikeys")
        .forever();
    let run = exact(&octopus, &key).run().expect_code(0);
    assert_eq!(
        run.at_level("stdout-warning"),
        ["The key may not read its own record, so only its owner is checked."]
    );
    assert_eq!(
        requests(&octopus),
        ["GET /api/users/Users-21/apikeys/ID", "GET /api/users/me"]
    );
    exact(&octopus, &key)
        .args(["--access", "read-only"])
        .run()
        .expect_code(125);
}

#[test]
fn json_says_what_was_learnt_of_the_key_and_never_the_key() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    let check = |run: common::Runkey<'_>| {
        let run = run.args(["--output", "json"]).run().expect_code(0);
        serde_json::from_str::<serde_json::Value>(&run.stdout).expect("JSON")
    };
    let from_record = check(exact(&octopus, &key));
    assert_eq!(from_record["ApiKeyOwnerId"], RUNBOOK_SVC);
    assert_eq!(from_record["ApiKeyPurpose"], PURPOSE);
    assert!(from_record["ApiKeyExpires"].is_string());
    let owner_alone = check(use_key(&octopus, &key.secret));
    assert_eq!(owner_alone["ApiKeyOwnerId"], RUNBOOK_SVC);
    assert!(owner_alone["ApiKeyExpires"].is_null());
}
