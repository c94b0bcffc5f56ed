//! `runkey delete --report`: what is in the report, and what it costs.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::report::{json_report, messages, report, work};
use common::{ALICE, PURPOSE, RUN, add_live_key, create, requests};
use jiff::SignedDuration;
use octopus_sim::{AddedKey, Octopus, RUNBOOK_SVC, Settings};
use serde_json::{Value, json};

fn server(names_keys_in_events: bool) -> Octopus {
    Settings {
        names_keys_in_events,
        ..Settings::default()
    }
    .start()
}

/// A key of Alice's run with which an environment was made.
fn key_at_work(octopus: &Octopus) -> AddedKey {
    let key = add_live_key(octopus, PURPOSE);
    work(octopus, &key.secret, "Blue");
    key
}

fn event_requests(octopus: &Octopus) -> Vec<String> {
    let mut requests = requests(octopus);
    requests.retain(|request| request.contains("/api/events"));
    requests
}

#[test]
fn the_report_tells_who_did_what_with_which_key() {
    let octopus = Octopus::start();
    let key = key_at_work(&octopus);
    let report = json_report(&octopus, |run| run.args(["--space", "Spaces-1"]));
    let link = format!("{}/app#/Spaces-1/tasks/{RUN}", octopus.url());
    assert_eq!(
        report["Run"],
        json!({ "Purpose": PURPOSE, "By": ALICE, "Id": RUN, "Link": link })
    );
    assert_eq!(
        report["Owner"],
        json!({ "Id": RUNBOOK_SVC, "Username": "runbook-svc" })
    );
    let [told] = &report["Keys"].as_array().unwrap()[..] else {
        panic!("one key: {report:#}")
    };
    assert_eq!(
        (&told["Id"], &told["Fate"]),
        (&json!(key.id), &json!("Revoked"))
    );
    assert_eq!(told["Hint"], key.secret[..8]);
    let change = &report["Changes"][0];
    let event = &octopus.events()[0];
    assert_eq!(change["Message"], "Environment Blue was created");
    assert_eq!(change["Category"], "Created");
    assert_eq!(change["EventId"], event.id.as_str());
    assert_eq!(change["DocumentIds"], json!(event.related_document_ids));
    assert_eq!(change["SpaceId"], "Spaces-1");
    assert_eq!(change["UserAgent"], common::report::USER_AGENT);
}

#[test]
fn only_what_was_done_with_the_runs_own_key_is_in_its_report() {
    for names_keys in [true, false] {
        let octopus = server(names_keys);
        let other_purpose = "Alice King (alice) [runkey ServerTasks-124]";
        let key = add_live_key(&octopus, PURPOSE);
        let other = add_live_key(&octopus, other_purpose);
        for (secret, name) in [
            (key.secret.as_str(), "Mine 1"),
            (&other.secret, "Other 1"),
            (octopus.service_key(), "Nobody's"),
            (&key.secret, "Mine 2"),
            (&other.secret, "Other 2"),
        ] {
            work(&octopus, secret, name);
        }
        let of_other = json_report(&octopus, |run| run.args(["--purpose", other_purpose]));
        let of_mine = json_report(&octopus, |run| run);
        let made = |name: &str| format!("Environment {name} was created");
        assert_eq!(messages(&of_mine), [made("Mine 1"), made("Mine 2")]);
        assert_eq!(messages(&of_other), [made("Other 1"), made("Other 2")]);
    }
}

#[test]
fn a_purpose_with_quotes_is_told_from_one_that_only_begins_like_it() {
    let octopus = server(false);
    for (purpose, name) in [
        ("O'Brien", "One"),
        ("O'Brien' created ", "Two"),
        ("O'Brien' created Fri, 22 Jul 2022 17:46:35 GMT", "Three"),
    ] {
        work(&octopus, &add_live_key(&octopus, purpose).secret, name);
        let report = json_report(&octopus, |run| run.args(["--purpose", purpose]));
        assert_eq!(
            messages(&report),
            [format!("Environment {name} was created")]
        );
    }
}

#[test]
fn a_report_takes_one_request_when_little_happened() {
    let octopus = Octopus::start();
    octopus.add_events(RUNBOOK_SVC, 2000);
    octopus.advance_clock(SignedDuration::from_mins(5));
    key_at_work(&octopus);
    json_report(&octopus, |run| run);
    let [request] = &event_requests(&octopus)[..] else {
        panic!("one request: {:#?}", requests(&octopus))
    };
    for part in [
        "?skip=0&take=1000&users=Users-21&from=2",
        "&spaces=all&includeSystem=true&excludeDifference=true",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[test]
fn ten_thousand_events_of_other_runs_are_searched_in_a_dozen_requests() {
    let octopus = Octopus::start();
    let key = octopus.add_key(RUNBOOK_SVC, PURPOSE, None);
    work(&octopus, &key.secret, "First");
    octopus.advance_clock(SignedDuration::from_hours(3));
    octopus.add_events(RUNBOOK_SVC, 10_000);
    work(&octopus, &key.secret, "Last");
    let report = json_report(&octopus, |run| run);
    assert_eq!(
        messages(&report),
        [
            "Environment First was created",
            "Environment Last was created"
        ]
    );
    let requests = event_requests(&octopus).len();
    assert!((10..=14).contains(&requests), "{requests}");
}

#[test]
fn the_report_lists_ten_thousand_changes_and_the_log_a_hundred() {
    let octopus = server(false);
    let key = octopus.add_key(RUNBOOK_SVC, PURPOSE, None);
    work(&octopus, &key.secret, "Blue");
    let pattern = octopus.events().pop().unwrap();
    for _ in 1..10_000 {
        octopus.add_event(octopus_sim::Event {
            id: String::new(),
            ..pattern.clone()
        });
    }
    let (run, text) = report(&octopus, "report.json", |run| run);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(messages(&report).len(), 10_000);
    let listed = run.at_level("stdout-verbose");
    assert_eq!(listed.len(), 101);
    assert_eq!(listed[100], "... and 9900 more, which are in the report.");
}

#[test]
fn a_key_that_is_gone_already_is_known_by_its_purpose_or_its_id() {
    for (names_keys, option) in [
        (true, None),
        (false, None),
        (true, Some("--key-id")),
        (false, Some("--key-id")),
    ] {
        let octopus = server(names_keys);
        let key = key_at_work(&octopus);
        octopus.revoke(&key.id);
        let report = json_report(&octopus, |run| {
            run.args(
                option
                    .into_iter()
                    .flat_map(|option| [option, key.id.as_str()]),
            )
        });
        assert_eq!(messages(&report), ["Environment Blue was created"]);
        assert_eq!(report["SinceIsKnown"], false);
        if names_keys {
            let told = &report["Keys"][0];
            assert_eq!(told["Id"], key.id.as_str());
            assert_eq!(told["Hint"], key.secret[..8]);
            assert_eq!(told["Fate"], "AlreadyGone");
            assert!(told["Created"].is_string(), "as events tell it: {told}");
        }
    }
}

#[test]
fn when_nobody_knows_since_when_the_last_day_is_searched_and_that_is_said() {
    let octopus = Octopus::start();
    let key = key_at_work(&octopus);
    octopus.revoke(&key.id);
    let (run, text) = report(&octopus, "report.json", |run| run);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["SinceIsKnown"], false);
    assert_eq!(messages(&report), ["Environment Blue was created"]);
    run.expect_code(0).expect_text("looks back 24 hours");
}

#[test]
fn a_run_that_changed_nothing_has_a_report_that_says_so() {
    let octopus = Octopus::start();
    create(&octopus).run().expect_code(0);
    let (run, page) = report(&octopus, "report.html", |run| run);
    assert!(page.contains("Nothing was changed with the key of this run."));
    assert!(!page.contains("<table"));
    run.expect_code(0)
        .expect_text("In run ServerTasks-123, Alice King (alice) made no changes.");
}

#[test]
fn the_json_report_keeps_to_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("../docs/report.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for names_keys in [true, false] {
        let octopus = server(names_keys);
        key_at_work(&octopus);
        let found = json_report(&octopus, |run| run);
        let gone = json_report(&octopus, |run| run.args(["--purpose", "nightly"]));
        for mut report in [found, gone] {
            let errors: Vec<_> = schema.iter_errors(&report).collect();
            assert!(errors.is_empty(), "{errors:#?}");
            report["Presented"] = json!("Maybe");
            assert!(!schema.is_valid(&report), "the schema notices");
        }
    }
}

#[test]
fn a_dry_run_has_no_report() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    common::delete(&octopus)
        .args(["--dry-run", "--report", "report.html"])
        .run()
        .expect_code(0)
        .expect_text("There is no audit report: it is about a run");
    assert!(event_requests(&octopus).is_empty());
}
