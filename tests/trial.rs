//! `runkey create --trial`: what it shows, in each format, and that it leaves nothing behind.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{Outcome, Runkey, create, requests};
use octopus_sim::{Octopus, RUNBOOK_ALICE, RUNBOOK_SVC};
use serde_json::Value;

/// A trial, as the service account.
fn trial(octopus: &Octopus) -> Runkey<'_> {
    create(octopus).args(["--trial"])
}

/// Fails if a key is left, or one was presented that was no good.
#[track_caller]
fn assert_left_nothing(octopus: &Octopus, outcome: &Outcome) {
    for owner in [RUNBOOK_SVC, RUNBOOK_ALICE] {
        let keys = octopus.keys(owner);
        let left: Vec<_> = keys
            .iter()
            .filter(|key| key.purpose.contains("runkey trial"))
            .collect();
        assert!(left.is_empty(), "{left:#?} {outcome:#?}");
    }
    let events = octopus.events();
    let failed = events.iter().find(|event| event.category == "LoginFailed");
    assert!(failed.is_none(), "{failed:#?}");
}

#[test]
fn a_trial_shows_line_by_line_what_the_server_does() {
    let octopus = Octopus::start();
    let _ = octopus.tasks().queue();
    let outcome = trial(&octopus)
        .args(["--output", "text"])
        .run()
        .expect_code(0);
    assert_eq!(outcome.stdout, "");
    assert_eq!(
        outcome.stderr,
        "\
✓ The server is 'Octopus Deploy' (version 2026.3.11151).
✓ The credential is an API key of 'runbook-svc' (Users-21), a service account.
✓ The server's clock and this machine's agree.
✓ A key that lives 10m was made.
✓ The server kept its purpose.
✓ The server kept its expiry.
✓ Its access level is 'FullAccess', as its record says.
✓ Its hint is its first 8 characters.
✓ The key works.
✓ It may read its own record.
✓ Read-only is honoured: a read-only key was kept from a change.
✓ The list of keys shows it.
✓ The list is narrowed by partialPurpose: delete reads only what it looks for.
✓ Tasks can be read, of these spaces: Spaces-1 (newest tasks only).
✓ The key could revoke itself.
✓ Then its record was gone.
✓ The audit trail can be read.
✓ It names the key by its quoted purpose and by its id (ApiKeyId).
create will work here: it makes keys that carry their run and expire, read-only ones too.
use will work here: the key is accepted, and its purpose and expiry can be checked.
delete will work here: it finds and revokes the run's keys, can write the audit report (permission EventView), and can ask which runs are over (permission TaskView).
"
    );
    assert_left_nothing(&octopus, &outcome);
}

#[test]
fn a_trial_says_the_same_in_ascii_in_a_steps_log() {
    let octopus = Octopus::start();
    let outcome = trial(&octopus).run().expect_code(0);
    assert!(outcome.stdout.is_ascii(), "{}", outcome.stdout);
    assert_eq!(outcome.stderr, "");
    assert!(outcome.messages().is_empty(), "{outcome:#?}");
    let marked = outcome.at_level("stdout-default");
    assert_eq!(marked.len(), 18, "{outcome:#?}");
    assert!(
        marked.iter().all(|line| line.starts_with("ok The ")
            || line.starts_with("ok ")
            || line.starts_with("-  No task was shown")),
        "{marked:#?}"
    );
    assert_eq!(outcome.at_level("stdout-highlight").len(), 3);
    assert_left_nothing(&octopus, &outcome);
}

#[test]
fn a_trial_gives_its_facts_as_json_that_names_nobody_and_no_secret() {
    let schema = include_str!("../docs/trial.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let octopus = Octopus::start();
    for owner in [None, Some("runbook-alice"), Some("alice")] {
        let run = trial(&octopus).args(["--output", "json"]);
        let outcome = match owner {
            Some(owner) => run.args(["--owner", owner]).run(),
            None => run.run(),
        };
        let facts: Value = serde_json::from_str(&outcome.stdout).unwrap();
        if let Err(error) = jsonschema::validate(&schema, &facts) {
            panic!("{error} in {facts:#}");
        }
        let text = outcome.stdout.to_lowercase();
        for name in [
            "users-2",
            "runbook",
            "alice",
            "127.0.0.1",
            "api-",
            "localhost",
        ] {
            assert!(!text.contains(name), "'{name}' in {text}");
        }
        let works = facts["Create"]["Works"] == true && facts["Delete"]["Works"] == true;
        assert_eq!(outcome.code == Some(0), works, "{outcome:#?}");
        assert_eq!(facts["KeysLeft"], serde_json::json!([]));
        assert_left_nothing(&octopus, &outcome);
    }
}

#[test]
fn a_trial_costs_fifteen_requests_on_one_connection_and_no_failed_login() {
    let octopus = Octopus::start();
    let outcome = trial(&octopus).run().expect_code(0);
    let asked: Vec<_> = requests(&octopus)
        .into_iter()
        .map(|line| line.split('?').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        asked,
        [
            "GET /api",
            "GET /api/users/me",
            "POST /api/users/Users-21/apikeys",
            "GET /api/users/Users-21/apikeys/ID",
            "GET /api/users/me",
            "GET /api/users/Users-21/apikeys/ID",
            "POST /api/users/Users-21/apikeys",
            "GET /api/users/Users-21/apikeys/ID",
            "DELETE /api/users/Users-21/apikeys/ID",
            "GET /api/users/Users-21/apikeys",
            "GET /api/tasks",
            "DELETE /api/users/Users-21/apikeys/ID",
            "GET /api/users/Users-21/apikeys/ID",
            "GET /api/events",
            "DELETE /api/users/Users-21/apikeys/ID",
        ]
    );
    assert_eq!(octopus.connections(), 1);
    assert_left_nothing(&octopus, &outcome);
}

#[test]
fn the_keys_of_a_trial_live_ten_minutes_or_as_long_as_asked_and_a_sweep_knows_them() {
    for (arguments, minutes) in [(&[][..], 10), (&["--expires-in", "2h"], 120)] {
        let octopus = Octopus::start();
        trial(&octopus).args(arguments).run().expect_code(0);
        let made = octopus.requests();
        let made: Vec<Value> = made
            .iter()
            .filter(|request| request.method == "POST")
            .map(|request| serde_json::from_str(&request.body).unwrap())
            .collect();
        assert_eq!(made.len(), 2);
        for key in made {
            let expires: jiff::Timestamp = key["Expires"].as_str().unwrap().parse().unwrap();
            let life = expires.duration_since(octopus.now()).as_secs();
            assert!((minutes * 60 - 5..=minutes * 60).contains(&life), "{life}");
            let purpose = key["Purpose"].as_str().unwrap();
            assert!(
                purpose.starts_with("runkey trial [runkey Trial-") && purpose.ends_with(']'),
                "{purpose}"
            );
        }
    }
}

#[test]
fn a_trial_takes_no_option_that_says_what_the_key_is_to_be() {
    let octopus = Octopus::start();
    for arguments in [
        ["--purpose", "x"],
        ["--run-by", "x"],
        ["--run-id", "x"],
        ["--access", "full"],
        ["--actor-type", "user"],
    ] {
        let outcome = trial(&octopus).args(arguments).run().expect_code(2);
        let sentence = format!("{} cannot be used with --trial", arguments[0]);
        let message = outcome.result_message().unwrap();
        assert!(message.contains(&sentence), "{message}");
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn a_trial_on_another_account_tries_that_account() {
    let octopus = Octopus::start();
    let outcome = trial(&octopus)
        .args(["--owner", "runbook-alice"])
        .run()
        .expect_code(0)
        .expect_text("The keys will be on 'runbook-alice' (Users-22), another service account.")
        .expect_text("It names the key by its quoted purpose and by its id (ApiKeyId).");
    let posts = octopus.requests();
    let posts = posts.iter().filter(|request| request.method == "POST");
    assert!(posts.clone().count() == 2 && posts.clone().all(|post| post.path.contains("Users-22")));
    assert_left_nothing(&octopus, &outcome);
}

#[test]
fn a_trial_on_another_persons_account_says_that_it_cannot_be() {
    let octopus = Octopus::start();
    let outcome = trial(&octopus)
        .args(["--owner", "alice"])
        .run()
        .expect_code(1)
        .expect_text("NO The keys are to be on 'alice' (Users-2), another person: Octopus makes keys for oneself and for service accounts only.")
        .expect_text("NO No key that lives 10m could be made: the server refused it (403). The server said: 'You do not have permission to perform this action.'.")
        .expect_text("use could not be tried: no key could be made.")
        .expect_text("delete could not be tried: no key could be made.");
    assert_eq!(
        outcome.result_message().unwrap(),
        "The trial failed: create will not work here: no key could be made."
    );
    assert_left_nothing(&octopus, &outcome);
}

#[test]
fn a_trial_with_an_access_token_or_a_persons_own_key_says_so() {
    let octopus = Octopus::start();
    let outcome = trial(&octopus)
        .without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token())
        .run()
        .expect_code(0)
        .expect_text(
            "ok The credential is an access token of 'runbook-svc' (Users-21), a service account.",
        );
    assert_left_nothing(&octopus, &outcome);
    trial(&octopus)
        .env("OCTOPUS_API_KEY", octopus.key_of_alice())
        .run()
        .expect_code(0)
        .expect_text("-  The credential is an API key of 'alice' (Users-2), a person: all runs would be done in that person's account.");
}

#[test]
fn a_trial_that_cannot_begin_makes_nothing() {
    let octopus = Octopus::start();
    trial(&octopus)
        .env("OCTOPUS_API_KEY", "API-NOSUCHKEYNOSUCHKEY")
        .run()
        .expect_code(1)
        .expect_text("the server did not accept the credential (401)");
    assert_eq!(octopus.requests().len(), 1, "one failed login is enough");
    trial(&octopus)
        .args(["--owner", "nobody"])
        .run()
        .expect_code(1)
        .expect_text("There is no account with the user name 'nobody'.");
    let made = octopus.requests();
    assert!(made.iter().all(|request| request.method == "GET"));
}
