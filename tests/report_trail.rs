//! The report tells all: whose an event is, what became of every key, and since when was looked.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::report::{json_report, messages, report, work};
use common::{PURPOSE, add_live_key};
use jiff::SignedDuration;
use octopus_sim::{Event, KeyWords, Octopus, RUNBOOK_SVC, Settings};
use serde_json::{Value, json};

/// When a key was made, as the audit trail says it.
const DATE: &str = "Fri, 22 Jul 2022 17:46:35 GMT";

/// An event of the service account, done with a key that is known by these words alone.
fn done_with(octopus: &Octopus, identity: &str, message: &str) {
    octopus.add_event(Event {
        category: "Modified".into(),
        user_id: RUNBOOK_SVC.into(),
        identity_established_with: identity.into(),
        message: message.into(),
        space_id: Some("Spaces-1".into()),
        ..Event::default()
    });
}

#[test]
fn an_event_is_the_runs_by_the_keys_id_or_by_the_quoted_purpose() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus.add_event(Event {
        user_id: RUNBOOK_SVC.into(),
        api_key_id: Some(key.id),
        message: "by id".into(),
        ..Event::default()
    });
    for words in [
        "API key",
        "User API key",
        "AI Agent API key",
        "Some other key",
    ] {
        done_with(
            &octopus,
            &format!("{words} '{PURPOSE}' created {DATE}"),
            words,
        );
    }
    let foreign = [
        format!("API key 'x '{PURPOSE}' created {DATE}"),
        format!("API key '{PURPOSE}' created {DATE}' created {DATE}"),
        format!("'{PURPOSE}' created {DATE}"),
        format!("API key '{PURPOSE}x' created {DATE}"),
        PURPOSE.to_owned(),
    ];
    for identity in foreign {
        done_with(&octopus, &identity, "not of this run");
    }
    assert_eq!(
        messages(&json_report(&octopus, |run| run)),
        [
            "by id",
            "API key",
            "User API key",
            "AI Agent API key",
            "Some other key"
        ]
    );
}

#[test]
fn a_purpose_that_quotes_anothers_does_not_join_its_report() {
    for names_keys_in_events in [true, false] {
        let octopus = Settings {
            names_keys_in_events,
            ..Settings::default()
        }
        .start();
        let alices = add_live_key(&octopus, PURPOSE);
        let joining = [
            format!("x '{PURPOSE}"),
            format!("'{PURPOSE}"),
            format!("{PURPOSE}' created Fri, 22 Jul 2022 17:46:35 GMT"),
        ];
        for purpose in &joining {
            work(
                &octopus,
                &add_live_key(&octopus, purpose).secret,
                "Mallory's",
            );
        }
        work(&octopus, &alices.secret, "Alice's");
        let report = json_report(&octopus, |run| run);
        assert_eq!(messages(&report), ["Environment Alice's was created"]);
    }
}

#[test]
fn whatever_the_server_calls_a_key_the_report_has_what_it_did() {
    for key_words_of_identity in [KeyWords::Old, KeyWords::New] {
        let octopus = Settings {
            key_words_of_identity,
            names_keys_in_events: false,
            ..Settings::default()
        }
        .start();
        work(&octopus, &add_live_key(&octopus, PURPOSE).secret, "Blue");
        let report = json_report(&octopus, |run| run);
        assert_eq!(messages(&report), ["Environment Blue was created"]);
    }
}

#[test]
fn what_a_key_that_was_gone_before_did_is_in_the_report_beside_a_living_ones() {
    let octopus = Settings {
        names_keys_in_events: false,
        ..Settings::default()
    }
    .start();
    let second = add_live_key(&octopus, PURPOSE);
    let first = add_live_key(&octopus, PURPOSE);
    work(&octopus, &first.secret, "First");
    octopus.revoke(&first.id);
    work(&octopus, &second.secret, "Second");
    assert_eq!(
        messages(&json_report(&octopus, |run| run)),
        [
            "Environment First was created",
            "Environment Second was created"
        ]
    );
}

#[test]
fn a_report_about_a_key_that_was_gone_looks_back_a_day_and_says_so() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    work(&octopus, &key.secret, "Long ago");
    octopus.advance_clock(SignedDuration::from_hours(25));
    let expires = octopus.now() + SignedDuration::from_hours(1);
    let key = octopus.add_key(RUNBOOK_SVC, PURPOSE, Some(expires));
    work(&octopus, &key.secret, "Lately");
    octopus.revoke(&key.id);
    let keys = octopus.keys(RUNBOOK_SVC);
    let old = keys.iter().find(|key| key.purpose == PURPOSE);
    octopus.revoke(&old.unwrap().id);
    let (run, page) = report(&octopus, "report.html", |run| run);
    run.expect_code(0)
        .expect_text("so the audit report looks back 24 hours");
    assert!(page.contains("searched 24 hours back"));
    assert!(page.contains("Gone before: the server knows no key of this run"));
    assert!(page.contains("Lately") && !page.contains("Long ago"));
}

#[test]
fn a_spared_key_has_a_fate_of_its_own() {
    for name in ["report.json", "report.html"] {
        let octopus = Octopus::start();
        let key = add_live_key(&octopus, "nightly");
        let (run, text) = report(&octopus, name, |run| {
            run.env("OCTOPUS_API_KEY", &key.secret)
                .env("RUNKEY_PURPOSE", "nightly")
        });
        run.expect_code(1);
        if name == "report.html" {
            assert!(text.contains("Lives on until"), "{text}");
            assert!(text.contains("NOT: runkey authenticates with it"), "{text}");
        } else {
            let report: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(report["Keys"][0]["Fate"], "Spared");
            assert_eq!(report["End"], "LivesOn");
        }
    }
}

#[test]
fn the_log_says_the_sum_that_the_report_opens_with() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    for (place, category) in ["Created", "Created", "Modified", "Deleted", "Deployed"]
        .into_iter()
        .enumerate()
    {
        octopus.add_event(Event {
            category: category.into(),
            user_id: RUNBOOK_SVC.into(),
            api_key_id: Some(key.id.clone()),
            related_document_ids: vec![format!("Projects-{}", place % 2), "Projects-x".into()],
            space_id: Some("Spaces-1".into()),
            occurred: octopus.now() + SignedDuration::from_secs(i64::try_from(place).unwrap() * 10),
            ..Event::default()
        });
    }
    let (run, text) = report(&octopus, "report.json", |run| run);
    let run = run.expect_code(0);
    assert_eq!(
        run.at_level("stdout-highlight").last().unwrap(),
        &"In run ServerTasks-123, Alice King (alice) made 5 changes: + 2 created, ~ 1 changed, - 1 deleted, * 1 other, in 2 projects and 1 space, in 40 s."
    );
    let report: Value = serde_json::from_str(&text).unwrap();
    let mut sum = report["Sum"].clone();
    assert!(sum["First"].take().is_string() && sum["Last"].take().is_string());
    assert_eq!(
        sum,
        json!({ "Created": 2, "Changed": 1, "Deleted": 1, "Other": 1, "Projects": 2, "Spaces": 1, "First": null, "Last": null })
    );
}

#[test]
fn no_line_of_the_log_begins_or_ends_with_what_a_stranger_wrote() {
    let octopus = Octopus::start();
    let purpose = "\u{202E}Zoë## [runkey Nacht #]";
    let key = add_live_key(&octopus, purpose);
    work(&octopus, &key.secret, "Zoë##");
    let (run, _) = report(&octopus, "report-of-Zoë#.json", |run| {
        run.env("RUNKEY_PURPOSE", purpose)
    });
    let run = run.expect_code(0);
    let lines = run
        .stdout
        .lines()
        .filter(|line| !line.starts_with("##octopus["));
    for line in lines {
        let ends = [line.chars().next(), line.chars().last()];
        assert!(ends.iter().flatten().all(char::is_ascii), "{line}");
        assert!(line.ends_with(['.', '\'']), "{line}");
    }
}
