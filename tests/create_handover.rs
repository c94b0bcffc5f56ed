//! `runkey create`: how the key is handed over, and to nobody else.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{ALICE, PURPOSE, RUN, create};
use octopus_sim::{Octopus, RUNBOOK_SVC};

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
