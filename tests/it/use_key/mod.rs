//! `runkey use`: the check of the run key, and the command's environment.

#[cfg(unix)]
mod command;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use octopus_sim::{AddedKey, Octopus, RUNBOOK_SVC};

use crate::support::server::{active_keys, add_key, server_with};
use crate::support::{PURPOSE, Runkey, create, use_key};

/// `runkey use` with all that the create step passes on.
fn use_exactly<'a>(octopus: &'a Octopus, key: &AddedKey) -> Runkey<'a> {
    use_key(octopus, &key.secret)
        .env("RUNKEY_KEY_ID", &key.id)
        .env("RUNKEY_OWNER", RUNBOOK_SVC)
}

#[test]
fn checks_the_key_with_the_key_itself() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    use_exactly(&octopus, &key).run().expect_code(0);
    let sent = &octopus.requests()[0];
    assert_eq!(sent.header("x-octopus-apikey"), Some(key.secret.as_str()));
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
}
