//! `runkey use`: the check of the run key, and the command's environment.

#[cfg(unix)]
mod command;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use octopus_sim::{AddedKey, Fault, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings};

use crate::support::server::{ME, add_key, requests};
use crate::support::{PURPOSE, Runkey, create, transcript, use_key};

const RECORD: &str = "GET /api/users/Users-21/apikeys/ID";

/// `runkey use` with all that the create step passes on.
fn use_exactly<'a>(octopus: &'a Octopus, key: &AddedKey) -> Runkey<'a> {
    use_key(octopus, &key.secret)
        .env("RUNKEY_KEY_ID", &key.id)
        .env("RUNKEY_OWNER", RUNBOOK_SVC)
}

#[test]
fn checks_the_keys_own_record_in_one_request() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    let run = use_exactly(&octopus, &key).run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 0
    --- stdout
    [stdout-verbose]
    GET /api/users/Users-21/apikeys/apikeys-N: 200 (N ms)
    [stdout-default]
    Checked API key apikeys-N of "Alice King (alice)": valid until TIME.
    --- requests
    GET /api/users/Users-21/apikeys/ID
    "##);
    let sent = &octopus.requests()[0];
    assert_eq!(sent.header("x-octopus-apikey"), Some(key.secret.as_str()));
}

#[test]
fn checks_the_account_without_the_keys_id() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    let run = use_key(&octopus, &key.secret).run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 0
    --- stdout
    [stdout-verbose]
    GET /api/users/me: 200 (N ms)
    [stdout-default]
    Checked the API key: valid, of account 'runbook-svc' (Users-21).
    [stdout-warning]
    The key's purpose was not checked. Set --key-id, --owner and --run-id (RUNKEY_KEY_ID, RUNKEY_OWNER and RUNKEY_RUN_ID).
    [stdout-default]
    --- requests
    GET /api/users/me
    "##);
}

#[test]
fn checks_the_account_where_a_key_may_not_read_its_record() {
    let octopus = Settings {
        shows_a_key_its_record: false,
        ..Settings::default()
    }
    .start();
    let key = add_key(&octopus, PURPOSE);
    let run = use_exactly(&octopus, &key).run().expect_code(0);
    assert_eq!(requests(&octopus), [RECORD, ME]);
    assert!(
        run.at_level("warning")[0].starts_with("The key's purpose was not checked."),
        "{run:#?}"
    );
}

#[test]
fn compares_owner_with_the_keys_account() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    for (owner, code) in [
        (RUNBOOK_SVC, 0),
        ("RUNBOOK-svc", 0),
        (RUNBOOK_ALICE, 125),
        ("runbook", 125),
    ] {
        let run = use_key(&octopus, &key.secret)
            .args(["--owner", owner])
            .run();
        let run = run.expect_code(code);
        assert_eq!(
            code != 0,
            run.error() == "The key is not this run's: it belongs to 'runbook-svc' (Users-21).",
            "{run:#?}"
        );
    }
}

#[test]
fn sends_nothing_with_no_check() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    use_exactly(&octopus, &key)
        .line("--no-check")
        .run()
        .expect_code(0);
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn refuses_wrong_keys_and_runs_no_command() {
    let octopus = Octopus::start();
    let valid = add_key(&octopus, PURPOSE);
    let revoked = add_key(&octopus, PURPOSE);
    octopus.revoke(&revoked.id);
    let past = octopus.now() - SignedDuration::from_secs(1);
    let expired = octopus.add_key(RUNBOOK_SVC, PURPOSE, Some(past));
    let endless = octopus.add_key(RUNBOOK_SVC, PURPOSE, None);
    let others = [
        "Alice King (alice) [runkey ServerTasks-12]",
        "Alice King (alice) [runkey ServerTasks-1234]",
        "Alice King (alice) [runkey servertasks-123]",
    ]
    .map(|purpose| {
        (
            add_key(&octopus, purpose),
            format!("The key is not this run's: its purpose is \"{purpose}\"."),
        )
    });
    let invalid =
        "The run key is no longer valid: it was revoked, it expired, or its account is disabled.";
    let elsewhere = AddedKey {
        id: "apikeys-9999".to_owned(),
        secret: valid.secret.clone(),
    };
    let mut rows = vec![
        (revoked, invalid.to_owned()),
        (expired, invalid.to_owned()),
        (endless, "The key is not this run's: it does not expire.".to_owned()),
        (elsewhere, "The key is not this run's: account Users-21 has no API key apikeys-9999, although the key is valid.".to_owned()),
    ];
    rows.extend(others);
    for (key, error) in rows {
        let run = use_exactly(&octopus, &key)
            .args(["--", "sh", "-c", "echo x > ran"])
            .run();
        let run = run.expect_error(125, &error);
        assert!(!run.has_file("ran"));
    }
}

#[test]
fn refuses_unusable_keys_before_anything_is_sent() {
    let octopus = Octopus::start();
    let missing = |step: &str| {
        format!("OCTOPUS_API_KEY is not set: {step} did not run, failed, or has a different name.")
    };
    for (key, step, error) in [
        ("", "", missing("the create step")),
        ("", "Create the key", missing("the create step 'Create the key'")),
        ("#{Octopus.Action[Create].Output.ApiKey}", "", "OCTOPUS_API_KEY contains an unresolved Octopus variable ('#{...}').".to_owned()),
        ("API-1\n2", "", "OCTOPUS_API_KEY contains white space or another character that is not valid in a credential.".to_owned()),
    ] {
        let run = use_key(&octopus, key).env("RUNKEY_CREATE_STEP", step).line("-- true").run();
        run.expect_error(125, &error);
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn warns_of_what_is_only_likely_wrong() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    let other = add_key(&octopus, PURPOSE);
    let run = use_exactly(&octopus, &key)
        .env("RUNKEY_KEY_ID", &other.id)
        .run()
        .expect_code(0);
    assert!(
        run.at_level("warning")[0].contains("hint for this ID does not match"),
        "{run:#?}"
    );

    let soon = octopus.now() + SignedDuration::from_mins(5);
    let key = octopus.add_key(RUNBOOK_SVC, PURPOSE, Some(soon));
    let run = use_exactly(&octopus, &key).run().expect_code(0);
    assert!(
        run.at_level("warning")[0].starts_with("The key expires in "),
        "{run:#?}"
    );

    let key = add_key(&octopus, "nightly cleanup");
    let run = use_exactly(&octopus, &key)
        .without("RUNKEY_RUN_ID")
        .run()
        .expect_code(0);
    assert!(
        run.at_level("warning")[0].starts_with("The key's purpose was not checked."),
        "{run:#?}"
    );
    let run = use_exactly(&octopus, &key).without("RUNKEY_RUN_ID");
    let run = run
        .args(["--purpose", "nightly cleanup"])
        .run()
        .expect_code(0);
    assert!(run.at_level("warning").is_empty(), "{run:#?}");
}

#[test]
fn fails_when_the_server_cannot_be_asked() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    octopus.fault(Fault::Status(503)).on("GET", "/").forever();
    let run = use_exactly(&octopus, &key)
        .line("--retry-for 1s -- sh -c true")
        .run();
    assert!(
        run.error().starts_with("Cannot check the run key: "),
        "{run:#?}"
    );
    run.expect_code(125);
}

#[test]
fn refuses_a_credential_on_the_commands_arguments() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    let run = use_exactly(&octopus, &key)
        .args(["--", "echo", &key.secret])
        .run();
    run.expect_code(125)
        .expect_text("Argument 1 of the command contains a credential (not shown).");
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn uses_what_create_made() {
    let octopus = Octopus::start();
    let created = create(&octopus).line("--access read-only").run();
    let key = AddedKey {
        id: created.variable("ApiKeyId").unwrap(),
        secret: created.variable("ApiKey").unwrap(),
    };
    use_exactly(&octopus, &key).run().expect_code(0);
}
