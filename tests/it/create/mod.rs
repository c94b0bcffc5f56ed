//! `runkey create`: what it sends, how the key is passed on, and what it does with a key that is not
//! what was asked for.

mod indeterminate;
#[cfg(unix)]
mod undelivered;
mod verification;

use jiff::SignedDuration;
use octopus_sim::{Fault, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Wording};
use serde_json::json;

use crate::support::server::{DELETE, HOUR, ME, POST, active_keys, always, requests, server_with};
use crate::support::{Outcome, PURPOSE, create, delete};

/// Runs `create` against a server that answers its POST so; nothing may be passed on.
#[track_caller]
fn create_with(octopus: &Octopus, fault: Fault) -> Outcome {
    always(octopus, "POST /apikeys", fault);
    let run = create(octopus).run().expect_code(1);
    assert_eq!(run.variable("ApiKey"), None, "{run:#?}");
    assert!(run.result_message().is_some(), "{run:#?}");
    run
}

#[test]
fn passes_on_the_key_that_was_created() {
    let octopus = Octopus::start();
    let run = create(&octopus).run();
    assert_eq!(octopus.connections(), 1);
    let created = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    let expires = created.expires.unwrap();
    assert_eq!(created.purpose, PURPOSE);
    assert_eq!(run.variable("ApiKeyId"), Some(created.id));
    assert_eq!(run.variable("ApiKeyExpires"), Some(expires.to_string()));
    let key = run.variable("ApiKey").unwrap();
    assert!(octopus.every_secret().contains(&key));
    let end = format!("Expires in 1h, at {expires:.0}.");
    assert!(run.at_level("highlight")[0].ends_with(&end), "{run:#?}");

    let run = create(&octopus).line("--output json").run();
    let created = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    assert_eq!(run.json()["ApiKeyId"], created.id.as_str());
    assert_eq!(run.json()["ApiKeyPurpose"], PURPOSE);
}

#[test]
fn sends_only_what_every_server_knows() {
    let octopus = Octopus::start();
    create(&octopus).run().expect_code(0);
    let post = octopus.requests().pop().unwrap();
    let body: serde_json::Value = serde_json::from_str(&post.body).unwrap();
    let fields: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["Expires", "Purpose", "UserId"]);
    assert_eq!(body["UserId"], RUNBOOK_SVC);
    assert_eq!(post.header("content-type"), Some("application/json"));
    let agent = concat!("runkey/", env!("CARGO_PKG_VERSION"));
    assert_eq!(post.header("user-agent"), Some(agent));
}

#[test]
fn finds_owner_by_id_or_username() {
    let octopus = server_with(|settings| settings.largest_page = Some(30));
    for number in 0..40 {
        octopus.add_user(&format!("RUNBOOK-ALICE-{number}"), "A near miss", true);
    }
    let late = octopus.add_user("Last-runbook-alice", "Found late", true);
    for name in ["dup", "Dup", "DUP"] {
        octopus.add_user(name, "One of three", true);
    }
    let exact = octopus.add_user("dUP", "Exactly this", true);
    for (owner, id) in [
        (RUNBOOK_SVC, RUNBOOK_SVC),
        ("Runbook-Alice", RUNBOOK_ALICE),
        (" last-RUNBOOK-alice ", late.as_str()),
        ("dUP", exact.as_str()),
    ] {
        octopus.forget_requests();
        let run = create(&octopus).args(["--owner", owner]).run();
        assert_eq!(
            run.variable("ApiKeyOwnerId").as_deref(),
            Some(id),
            "{run:#?}"
        );
        let sent = requests(&octopus);
        assert_eq!(sent.len() == 1, owner == id, "{sent:#?}");
    }
    for (owner, error) in [
        (
            "duP",
            "Cannot find the account 'duP': several usernames differ from it only in case.",
        ),
        (
            "nobody",
            "Cannot find the account 'nobody': no account has this username.",
        ),
    ] {
        let run = create(&octopus).args(["--owner", owner]).run();
        run.expect_error(1, error);
    }
}

#[test]
fn creates_keys_of_ai_agents() {
    let octopus = Octopus::start();
    let run = create(&octopus).line("--actor-type ai-agent").run();
    run.expect_code(0);
    let created = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    assert_eq!(created.actor_type, "AiAgent");
}

#[test]
fn verifies_read_only_on_the_stored_key() {
    let octopus = Octopus::start();
    let run = create(&octopus).line("--access read-only").run();
    run.expect_code(0);
    let created = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    assert_eq!(created.access_level, "ReadOnly");
    let record = "GET /api/users/Users-21/apikeys/ID";
    assert_eq!(requests(&octopus), [ME, POST, record]);
}

#[test]
fn explains_a_rejected_expiry_whatever_its_wording() {
    for wording in [Wording::Usual, Wording::Other] {
        let octopus = server_with(|settings| settings.wording = wording);
        let soon = octopus.now() + SignedDuration::from_mins(5);
        let short = octopus.add_key(RUNBOOK_SVC, "A short lifetime", Some(soon));
        let run = create(&octopus)
            .env("OCTOPUS_API_KEY", &short.secret)
            .run()
            .expect_code(1)
            .expect_text("--expires-in (RUNKEY_EXPIRES_IN)");
        assert!(
            run.error().starts_with("Cannot create the key: "),
            "{run:#?}"
        );
        assert!(run.stderr.contains("Octopus said: \""), "{run:#?}");
    }
}
