//! `runkey delete --ended` beside a run's own key: a few keys of runs that are over go, too; nothing
//! that goes wrong with them is this run's failure, and little is asked of a server that is busy.

mod common;

use common::tasks::{add_key_of_run, an_hour_ago, an_hour_later, begin_run, leave_behind, left};
use common::{ALICE, PURPOSE, Runkey, add_live_key, delete, requests};
use jiff::SignedDuration;
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC, Settings, TaskState};
use serde_json::Value;

/// Of a `delete` that finds one key: the account, the list and the deletion.
const OWN_REQUESTS: usize = 3;

/// A server on which this many runs left their keys behind an hour ago, and Alice's run goes on.
fn after_an_hour(left_behind: usize) -> Octopus {
    let octopus = an_hour_ago(Settings::default());
    for _ in 0..left_behind {
        leave_behind(&octopus, TaskState::Canceled);
    }
    an_hour_later(&octopus);
    add_live_key(&octopus, PURPOSE);
    octopus
}

fn delete_beside(octopus: &Octopus) -> Runkey<'_> {
    delete(octopus).args(["--ended"])
}

#[test]
fn the_key_of_a_cancelled_run_dies_with_a_later_run() {
    let octopus = after_an_hour(1);
    let [key, _] = &left(&octopus)[..] else {
        panic!("two keys")
    };
    delete_beside(&octopus)
        .run()
        .expect_code(0)
        .expect_text(&format!(
            "Revoked {key}: {ALICE}, run ServerTasks-1 was cancelled."
        ));
    assert!(left(&octopus).is_empty());
}

#[test]
fn at_most_three_go_in_five_requests_and_not_always_the_same() {
    let mut went = std::collections::BTreeSet::new();
    for _ in 0..10 {
        let octopus = after_an_hour(12);
        let before = left(&octopus);
        delete_beside(&octopus).run().expect_code(0);
        assert_eq!(requests(&octopus).len(), OWN_REQUESTS + 5);
        let after = left(&octopus);
        assert_eq!(after.len(), 9);
        went.extend(before[..12].iter().position(|key| !after.contains(key)));
    }
    assert!(went.len() > 1, "{went:?}");
}

#[test]
fn the_run_comes_first_and_its_exit_code_is_its_own() {
    let octopus = after_an_hour(1);
    let run = delete_beside(&octopus).run().expect_code(0);
    let place = |text: &str| run.stdout.find(text).expect("both were revoked");
    assert!(place("run ServerTasks-123.") < place("run ServerTasks-1 was cancelled."));
    // The run's key is missing, and the sweep changes nothing about that.
    leave_behind(&octopus, TaskState::Canceled);
    delete_beside(&octopus)
        .args(["--require"])
        .run()
        .expect_code(1);
}

#[test]
fn a_young_key_and_one_of_a_run_that_goes_on_stay() {
    let octopus = an_hour_ago(Settings::default());
    let (_, living) = begin_run(&octopus);
    let desk = add_key_of_run(&octopus, RUNBOOK_SVC, "desk-7");
    an_hour_later(&octopus);
    let (_, young) = leave_behind(&octopus, TaskState::Canceled);
    delete_beside(&octopus).run().expect_code(0);
    assert_eq!(left(&octopus), [living, desk.id, young]);
}

#[test]
fn an_expired_key_goes_without_a_task() {
    let octopus = an_hour_ago(Settings::default());
    let soon = octopus.now() + SignedDuration::from_mins(5);
    octopus.add_key(RUNBOOK_SVC, "Bob Ng (bob) [runkey desk-7]", Some(soon));
    octopus.add_key(RUNBOOK_SVC, "somebody's own", Some(soon));
    an_hour_later(&octopus);
    add_live_key(&octopus, PURPOSE);
    delete_beside(&octopus).run().expect_code(0);
    assert_eq!(left(&octopus).len(), 1, "somebody's own");
    assert_eq!(requests(&octopus).len(), OWN_REQUESTS + 2);
}

#[test]
fn whatever_fails_is_hidden_from_the_log_and_ends_it() {
    let faults = [
        Fault::TooManyRequests {
            retry_after: Some(1),
        },
        Fault::Status(500),
        Fault::Status(503),
        Fault::Timeout,
        Fault::ResetBeforeProcessing,
        Fault::NotJson,
        Fault::BadGatewayHtml,
    ];
    // The second list, the tasks, the second deletion.
    for (method, path, nth, sent) in [
        ("GET", "/apikeys", 2, 1),
        ("GET", "/api/tasks", 1, 2),
        ("DELETE", "/apikeys", 2, 3),
    ] {
        for fault in &faults {
            let octopus = after_an_hour(5);
            octopus
                .fault(fault.clone())
                .on(method, path)
                .at(nth)
                .forever();
            let run = delete_beside(&octopus)
                .args(["--timeout", "1s"])
                .run()
                .expect_code(0);
            let case = format!("{method} {path}: {fault}");
            assert_eq!(requests(&octopus).len(), OWN_REQUESTS + sent, "{case}");
            assert!(
                run.at_level("stdout-warning").is_empty(),
                "{case}: {run:#?}"
            );
            assert_eq!(run.at_level("stdout-verbose").len(), 1, "{case}: {run:#?}");
            assert_eq!(run.stderr, "", "{case}");
        }
    }
}

#[test]
fn a_key_that_may_not_be_revoked_keeps_no_other_from_it() {
    // Whichever comes first.
    for _ in 0..5 {
        let octopus = after_an_hour(3);
        let stubborn = left(&octopus)[..2].to_vec();
        for key in &stubborn {
            let refusal = octopus.fault(Fault::Status(403));
            refusal.on("DELETE", key).forever();
        }
        delete_beside(&octopus).run().expect_code(0);
        assert_eq!(left(&octopus), stubborn);
    }
}

#[test]
fn tasks_that_may_not_be_seen_end_no_key_and_no_run() {
    let octopus = Settings {
        clock_offset: SignedDuration::from_hours(-1),
        service_account_views_tasks: false,
        ..Settings::default()
    }
    .start();
    let (_, key) = leave_behind(&octopus, TaskState::Canceled);
    an_hour_later(&octopus);
    delete_beside(&octopus).run().expect_code(0);
    assert_eq!(left(&octopus), [key]);
}

#[test]
fn it_is_left_out_where_the_credential_was_revoked_or_may_have_been() {
    for hint in ["API-ABCD", ""] {
        let octopus = an_hour_ago(Settings::default());
        let (_, key) = leave_behind(&octopus, TaskState::Canceled);
        an_hour_later(&octopus);
        let own = add_live_key(&octopus, PURPOSE);
        if hint.is_empty() {
            octopus.rewrite("GET", "/apikeys", |page| {
                for key in page["Items"].as_array_mut().into_iter().flatten() {
                    key["ApiKey"] = Value::Null;
                }
            });
        }
        delete_beside(&octopus)
            .env("OCTOPUS_API_KEY", &own.secret)
            .run()
            .expect_code(0);
        assert_eq!(left(&octopus), [key]);
        assert_eq!(requests(&octopus).len(), OWN_REQUESTS);
        let events = octopus.events();
        assert!(events.iter().all(|event| event.category != "LoginFailed"));
    }
}

#[test]
fn a_dry_run_covers_both() {
    let octopus = after_an_hour(2);
    let before = left(&octopus);
    delete_beside(&octopus)
        .args(["--dry-run"])
        .run()
        .expect_code(0)
        .expect_text(&format!(
            "Would revoke {}: {ALICE}, run ServerTasks-1 was cancelled.",
            before[0]
        ))
        .expect_text(&format!(
            "Would revoke {}: {ALICE}, run ServerTasks-123.",
            before[2]
        ));
    assert_eq!(left(&octopus), before);
}

#[test]
fn json_tells_the_runs_keys_from_the_others() {
    let octopus = after_an_hour(1);
    let keys = left(&octopus);
    let run = delete_beside(&octopus)
        .args(["--output", "json"])
        .run()
        .expect_code(0);
    let outcome: Value = serde_json::from_str(&run.stdout).expect("one JSON object");
    assert_eq!(outcome["Revoked"], serde_json::json!([keys[1]]));
    let other = &outcome["Sweep"]["Keys"][0];
    assert_eq!(other["Id"], keys[0].as_str());
    assert_eq!(other["TaskState"], "Canceled");
    assert_eq!(other["Fate"], "Revoked");
}
