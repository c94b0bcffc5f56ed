//! Proof of the end: with a report, what was revoked is looked for once more, and must be gone.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::report::{json_report, report};
use common::{Outcome, PURPOSE, add_live_key, delete, requests};
use octopus_sim::{Fault, Hints, Lie, Octopus, RUNBOOK_SVC, Settings};
use serde_json::json;

/// A key's record, as a path.
const RECORD: &str = "/apikeys/apikeys-";

/// The ids of the keys that `runkey delete` asked for one by one.
fn looked_for(octopus: &Octopus) -> Vec<String> {
    let requests = octopus.requests();
    let records = requests.iter().filter(|request| request.method == "GET");
    let ids = records.filter_map(|request| request.path.rsplit_once("/apikeys/"));
    ids.map(|(_, id)| id.to_owned()).collect()
}

/// How often a refused key stands in the audit trail.
fn failed_logins(octopus: &Octopus) -> usize {
    let events = octopus.events();
    let failed = events
        .iter()
        .filter(|event| event.category == "LoginFailed");
    failed.count()
}

#[test]
fn the_record_of_each_revoked_key_is_asked_for_once_more_and_must_be_gone() {
    let octopus = Octopus::start();
    let keys = [(); 2].map(|()| add_live_key(&octopus, PURPOSE));
    let (run, text) = report(&octopus, "report.json", |run| run);
    let mut run = run.expect_code(0);
    let mut asked = looked_for(&octopus);
    asked.sort();
    assert_eq!(asked, keys.each_ref().map(|key| key.id.clone()));
    for key in &keys {
        run = run.expect_text(&format!(
            "Asked once more: the server no longer knows the key {}.",
            key.id
        ));
    }
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["End"], "Revoked");
    for key in report["Keys"].as_array().unwrap() {
        assert_eq!(
            (&key["Fate"], &key["Record"]),
            (&json!("Revoked"), &json!("Gone"))
        );
    }
    assert_eq!(failed_logins(&octopus), 0, "no dead key was presented");
}

#[test]
fn without_a_report_nothing_is_asked_for_once_more() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    delete(&octopus)
        .env("RUNKEY_PROOF_KEY", &key.secret)
        .run()
        .expect_code(0);
    let sent = requests(&octopus);
    assert_eq!(sent.len(), 3, "{sent:#?}");
    assert!(sent[2].starts_with("DELETE"), "{sent:#?}");
}

#[test]
fn a_key_that_is_still_there_is_a_failure_that_the_report_shows() {
    for name in ["report.json", "report.html"] {
        let octopus = Octopus::start();
        let key = add_live_key(&octopus, PURPOSE);
        octopus
            .fault(Lie::instead("nothing was deleted", |_, _| ()))
            .on("DELETE", "/apikeys")
            .forever();
        let (run, text) = report(&octopus, name, |run| run);
        let run = run.expect_code(1);
        let said = run.result_message().unwrap();
        let beginning = format!(
            "The key {} is still there after its revocation, and it expires by itself at 2",
            key.id
        );
        assert!(said.starts_with(&beginning), "{said}");
        if name == "report.html" {
            assert!(text.contains("Lives on until 2"), "{text}");
        } else {
            let report: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(report["End"], "LivesOn");
            assert_eq!(report["Keys"][0]["Fate"], "LivesOn");
            assert_eq!(report["Keys"][0]["Record"], "There");
        }
    }
}

#[test]
fn a_program_that_reads_json_is_not_told_that_such_a_key_was_revoked() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Lie::instead("nothing was deleted", |_, _| ()))
        .on("DELETE", "/apikeys")
        .forever();
    let run = delete(&octopus)
        .args(["--output", "json", "--report", "report.json"])
        .run()
        .expect_code(1);
    let result: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(result["Revoked"], json!([]));
    assert_eq!(result["Failed"], json!([key.id]));
}

#[test]
fn a_record_that_cannot_be_seen_proves_nothing_and_is_no_failure() {
    for fault in [
        Fault::Status(403),
        Fault::BadGatewayHtml,
        Lie::instead("a proxy's not found", |_, answer| {
            answer.status = 404;
            answer.body = b"<h1>Not found</h1>".to_vec();
        })
        .into(),
    ] {
        let octopus = Octopus::start();
        add_live_key(&octopus, PURPOSE);
        octopus.fault(fault.clone()).on("GET", RECORD).forever();
        let (run, text) = report(&octopus, "report.json", |run| {
            run.args(["--retry-for", "1s"])
        });
        run.expect_code(0).expect_text("could not be seen: ");
        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(report["End"], "NotSeen", "{fault}");
        assert_eq!(report["Keys"][0]["Record"], "Unclear", "{fault}");
    }
}

#[test]
fn a_key_that_was_gone_before_was_not_revoked_by_this_step() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    octopus.before_request("DELETE", "/apikeys", |world, _, request| {
        let (_, id) = request.path.rsplit_once('/').unwrap();
        world.revoke(id);
    });
    let report = json_report(&octopus, |run| run);
    assert_eq!(report["End"], "GoneBefore");
    assert_eq!(report["Keys"][0]["Fate"], "AlreadyGone");
    assert!(looked_for(&octopus).is_empty());
}

#[test]
fn a_key_that_revoked_itself_is_gone_when_it_is_refused() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    delete(&octopus)
        .env("OCTOPUS_API_KEY", &key.secret)
        .env("RUNKEY_REPORT", "report.html")
        .run()
        .expect_code(0)
        .expect_text("Asked once more: the server no longer knows the key")
        .expect_text("There is no audit report, since the audit trail could not be read");
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}

#[test]
fn half_a_search_is_no_end() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Lie::json("cut off", |page| {
            page["TotalResults"] = json!(100);
        }))
        .on("GET", "/apikeys")
        .at(1);
    octopus
        .fault(Fault::Status(403))
        .on("GET", "/api/users/Users-21/apikeys")
        .at(2);
    let (run, text) = report(&octopus, "report.json", |run| {
        run.env("RUNKEY_PROOF_KEY", &key.secret)
    });
    run.expect_code(1).expect_text("Cannot look for all keys");
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["End"], "NotSeen");
}

#[test]
fn the_key_is_presented_once_more_and_refused() {
    for hints in [Hints::Bare, Hints::BULLETS] {
        let octopus = Settings {
            hints,
            ..Settings::default()
        }
        .start();
        let key = add_live_key(&octopus, PURPOSE);
        let report = json_report(&octopus, |run| run.env("RUNKEY_PROOF_KEY", &key.secret));
        assert_eq!(report["Presented"], "Refused");
        let sent = requests(&octopus);
        assert_eq!(sent.len(), 6, "three more than without a report: {sent:#?}");
        assert!(sent[2].starts_with("DELETE"), "{sent:#?}");
        assert_eq!(sent[3], "GET /api/users/Users-21/apikeys/ID");
        assert_eq!(sent[4], "GET /api/users/me");
        assert_eq!(octopus.connections(), 1);
        assert_eq!(failed_logins(&octopus), 1, "as docs/audit-trail.md says");
    }
}

/// A report with a key to present that is none of this run's.
fn with_a_foreign_key(octopus: &Octopus, secret: &str) -> Outcome {
    let (run, text) = report(octopus, "report.json", |run| {
        run.env("RUNKEY_PROOF_KEY", secret)
    });
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["Presented"], "NotThisRuns");
    let sent = requests(octopus);
    let presented = sent.iter().filter(|request| request.ends_with("/users/me"));
    assert_eq!(presented.count(), 1, "{sent:#?}");
    run
}

#[test]
fn a_key_of_another_run_is_not_presented_and_proves_nothing() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    let other = add_live_key(&octopus, "Bob (bob) [runkey ServerTasks-9]");
    let run = with_a_foreign_key(&octopus, &other.secret).expect_code(0);
    let warning = run.at_level("stdout-warning").join("\n");
    assert!(
        warning.contains("not this run's key: nothing proven"),
        "{warning}"
    );
    assert_eq!(failed_logins(&octopus), 0);
}

#[test]
fn a_key_of_which_too_little_is_known_is_not_presented() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Lie::json("half a hint", |page| {
            let hint = &mut page["Items"][0]["ApiKey"]["Hint"];
            *hint = json!(hint.as_str().map(|hint| format!("{}•••••", &hint[..7])));
        }))
        .on("GET", "/apikeys")
        .at(1);
    with_a_foreign_key(&octopus, &key.secret).expect_code(0);
}

#[test]
fn with_nothing_found_no_key_is_presented() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus.revoke(&key.id);
    with_a_foreign_key(&octopus, &key.secret).expect_code(0);
}

#[test]
fn without_the_key_the_report_says_that_it_was_not_tried() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    let report = json_report(&octopus, |run| run);
    assert_eq!(report["Presented"], "NotTried");
    assert_eq!(report["End"], "Revoked", "the record is proof enough");
}

#[test]
fn an_unclear_answer_to_the_key_is_no_failure() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Fault::Status(403))
        .on("GET", "/users/me")
        .at(2);
    let report = json_report(&octopus, |run| run.env("RUNKEY_PROOF_KEY", &key.secret));
    assert_eq!(report["Presented"], "Unclear");
}

#[test]
fn a_key_that_is_still_accepted_is_a_failure_that_the_report_shows() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Lie::instead("a cache", |_, answer| {
            answer.body = br#"{"Id":"Users-21","Username":"runbook-svc"}"#.to_vec();
        }))
        .on("GET", "/users/me")
        .at(2);
    let (run, page) = report(&octopus, "report.html", |run| {
        run.env("RUNKEY_PROOF_KEY", &key.secret)
    });
    let run = run.expect_code(1);
    assert_eq!(
        run.result_message().as_deref(),
        Some(
            "The server still accepts the key in RUNKEY_PROOF_KEY after the revocation: a key lives on."
        )
    );
    assert!(page.contains("ACCEPTED") && page.contains("role=\"alert\""));
    assert!(page.contains("Lives on: the server still accepts the key"));
}
