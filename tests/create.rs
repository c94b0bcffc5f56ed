//! `runkey create`: what it sends, what it hands over, and what it refuses.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{ALICE, PURPOSE, RUN, create, requests};
use octopus_sim::{Fault, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings};

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
fn the_key_that_is_handed_over_works_and_names_the_person() {
    let octopus = Octopus::start();
    let run = create(&octopus).run().expect_code(0);
    let key = run.variable("ApiKey").unwrap();
    assert!(octopus.every_secret().contains(&key));
    let made = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    assert_eq!(made.purpose, PURPOSE);
    assert_eq!(run.variable("ApiKeyId"), Some(made.id));
    assert_eq!(run.variable("ApiKeyPurpose").as_deref(), Some(PURPOSE));
    assert_eq!(run.variable("ApiKeyOwnerId").as_deref(), Some(RUNBOOK_SVC));
    let expires: jiff::Timestamp = run.variable("ApiKeyExpires").unwrap().parse().unwrap();
    assert_eq!(Some(expires), made.expires);
}

#[test]
fn the_key_is_masked_on_both_streams_before_anything_else() {
    let octopus = Octopus::start();
    let run = create(&octopus).run().expect_code(0);
    let key = run.variable("ApiKey").unwrap();
    let names: Vec<_> = run
        .messages()
        .iter()
        .map(|message| {
            (
                message.name.clone(),
                message.get("name").unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let expected = [
        ("mask", ""),
        ("setVariable", "ApiKey"),
        ("setVariable", "ApiKeyId"),
        ("setVariable", "ApiKeyPurpose"),
        ("setVariable", "ApiKeyExpires"),
        ("setVariable", "ApiKeyOwnerId"),
    ];
    assert_eq!(
        names,
        expected.map(|(name, variable)| (name.to_owned(), variable.to_owned()))
    );
    assert_eq!(run.messages()[0].get("value"), Some(key.as_str()));
    let on_stderr =
        octopus_sim::worker::service_message::parse(run.stderr.lines().next().unwrap()).unwrap();
    assert_eq!(
        (on_stderr.name.as_str(), on_stderr.get("value")),
        ("mask", Some(key.as_str()))
    );
}

#[test]
fn only_the_key_itself_is_sensitive() {
    let octopus = Octopus::start();
    let run = create(&octopus).run().expect_code(0);
    for message in run
        .messages()
        .iter()
        .filter(|message| message.name == "setVariable")
    {
        let expected = (message.get("name") == Some("ApiKey")).then_some("True");
        assert_eq!(message.get("sensitive"), expected, "{message:?}");
    }
}

#[test]
fn the_highlight_names_the_person_the_run_and_the_expiry() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .args(["--expires-in", "2h 30m"])
        .run()
        .expect_code(0);
    let [line] = run.at_level("stdout-highlight")[..] else {
        panic!("one highlight: {run:#?}")
    };
    let expires = run.variable("ApiKeyExpires").unwrap();
    assert_eq!(
        line,
        format!("Made a key for {ALICE}, run {RUN}. It expires in 2h 30m, at {expires}.")
    );
    assert_eq!(run.stdout.lines().last(), Some("##octopus[stdout-default]"));
}

#[test]
fn names_with_quotes_brackets_and_emoji_arrive_intact() {
    let octopus = Octopus::start();
    for name in [
        "O'Brien \"Bob\" (bob)",
        "a ] b [ c <d> & e",
        "Zoë Ångström 🦀",
        "##octopus[mask value='QQ==']",
        "$(touch x) `id`",
        "100% _ ^ \\",
    ] {
        let run = create(&octopus)
            .env("RUNKEY_RUN_BY", name)
            .run()
            .expect_code(0);
        let purpose = format!("{name} [runkey {RUN}]");
        assert_eq!(run.variable("ApiKeyPurpose"), Some(purpose.clone()));
        assert_eq!(octopus.keys(RUNBOOK_SVC).pop().unwrap().purpose, purpose);
        assert_eq!(
            run.messages().len(),
            6,
            "no further message was smuggled in: {run:#?}"
        );
        common::delete(&octopus)
            .env("RUNKEY_RUN_BY", name)
            .args(["--require"])
            .run()
            .expect_code(0);
    }
}

#[test]
fn json_is_one_object_on_standard_output_and_all_else_on_standard_error() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .args(["--output", "json", "-v"])
        .run()
        .expect_code(0);
    let object: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let made = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    assert_eq!(object["ApiKeyId"], made.id.as_str());
    assert!(
        octopus
            .every_secret()
            .iter()
            .any(|secret| object["ApiKey"] == secret.as_str())
    );
    assert!(
        run.stderr.contains("POST /api/users/Users-21/apikeys: 200"),
        "{run:#?}"
    );
    assert!(!run.stdout.contains("##octopus"));
}

#[test]
fn text_is_the_key_alone_on_standard_output() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .args(["--output", "text"])
        .run()
        .expect_code(0);
    assert!(
        octopus
            .every_secret()
            .contains(&run.stdout.trim_end().to_owned())
    );
    assert!(
        run.stderr.contains("Made a key for Alice King (alice)"),
        "{run:#?}"
    );
}

#[test]
fn json_cannot_smuggle_a_service_message_into_a_task_log() {
    let octopus = Octopus::start();
    let name = "##octopus[mask value='QQ==']";
    let run = create(&octopus)
        .env("RUNKEY_RUN_BY", name)
        .args(["--output", "json"])
        .run()
        .expect_code(0);
    assert!(!run.stdout.contains("##octopus["));
    let object: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(object["ApiKeyPurpose"], format!("{name} [runkey {RUN}]"));
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
    run.expect_text("The server said: You do not have permission to perform this action");
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
