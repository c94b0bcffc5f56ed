//! `runkey delete --ended`: the keys of runs that are over die, whatever ended them, and no other.

mod common;

use common::tasks::{
    add_key_of_run, an_hour_ago, an_hour_later, begin_run, delete_ended, leave_behind, left,
};
use common::{ALICE, PURPOSE, requests};
use jiff::SignedDuration;
use octopus_sim::{Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings, Task, TaskState};
use serde_json::{Value, json};

const ENDS: [(TaskState, &str); 4] = [
    (TaskState::Success, "succeeded"),
    (TaskState::Failed, "failed"),
    (TaskState::Canceled, "was cancelled"),
    (TaskState::TimedOut, "ran out of its time"),
];

#[test]
fn the_key_of_a_run_that_is_over_goes_and_the_log_says_whose_which_and_why() {
    for (state, words) in ENDS {
        let octopus = Octopus::start();
        let (task, key) = leave_behind(&octopus, state);
        let run = delete_ended(&octopus).run().expect_code(0);
        run.stdout
            .lines()
            .find(|line| *line == format!("Revoked {key}: {ALICE}, run {task} {words}."))
            .unwrap_or_else(|| panic!("{run:#?}"));
        assert_eq!(
            run.at_level("stdout-highlight"),
            ["Revoked 1 key of runs that are over on the account Users-21."]
        );
        assert!(left(&octopus).is_empty(), "{state}");
    }
}

#[test]
fn the_key_of_a_run_that_goes_on_stays() {
    let octopus = Octopus::start();
    let tasks = octopus.tasks();
    let queued = tasks.queue();
    let mut kept = vec![add_key_of_run(&octopus, RUNBOOK_SVC, &queued).id];
    let (_, executing) = begin_run(&octopus);
    let (waiting, of_waiting) = begin_run(&octopus);
    tasks.wait_for_person(&waiting, true);
    let (cancelling, of_cancelling) = begin_run(&octopus);
    tasks.cancel(&cancelling);
    let (pending, of_pending) = begin_run(&octopus);
    tasks.put(Task {
        state: TaskState::Pending,
        ..tasks.get(&pending).expect("it was just queued")
    });
    kept.extend([executing, of_waiting, of_cancelling, of_pending]);
    delete_ended(&octopus)
        .run()
        .expect_code(0)
        .expect_text("Left alone: 5 keys of runs that go on.")
        .expect_text("There is no key of runs that are over on the account Users-21.");
    assert_eq!(left(&octopus), kept);
}

#[test]
fn a_superseded_run_and_an_abandoned_one_lose_their_keys() {
    let octopus = Octopus::start();
    let tasks = octopus.tasks();
    let (superseded, _) = begin_run(&octopus);
    tasks.wait_for_person(&superseded, true);
    tasks.supersede(&superseded);
    let (abandoned, _) = begin_run(&octopus);
    tasks.cancel(&abandoned);
    tasks.abandon(&abandoned);
    delete_ended(&octopus).run().expect_code(0);
    assert!(left(&octopus).is_empty());
}

#[test]
fn a_one_step_run_is_over_with_its_task() {
    let octopus = Octopus::start();
    let (task, _) = begin_run(&octopus);
    for suffix in ["ab12cd34", "zzzzzzzz"] {
        add_key_of_run(&octopus, RUNBOOK_SVC, &format!("{task}-{suffix}"));
    }
    octopus.tasks().end(&task, TaskState::Canceled);
    let run = delete_ended(&octopus).run().expect_code(0);
    run.expect_text(&format!("run {task}-ab12cd34 was cancelled."));
    assert!(left(&octopus).is_empty());
}

#[test]
fn no_key_goes_on_a_guess() {
    let octopus = an_hour_ago(Settings::default());
    let (task, _) = leave_behind(&octopus, TaskState::Success);
    let expires = octopus.now() + SignedDuration::from_hours(2);
    let mut kept = Vec::new();
    let mut keep = |purpose: &str| {
        kept.push(octopus.add_key(RUNBOOK_SVC, purpose, Some(expires)).id);
    };
    for purpose in [
        // Not made by runkey.
        task.as_str(),
        &format!("[runkey {task}]"),
        &format!("{ALICE} [Runkey {task}]"),
        &format!("{ALICE} [runkey {task}] old"),
        // Another kind of run's id.
        &format!("{ALICE} [runkey {task}-child]"),
        &format!("{ALICE} [runkey my-{task}]"),
        &format!("{ALICE} [runkey {task}-ab12cd34-x]"),
        &format!("{ALICE} [runkey {}]", task.to_lowercase()),
        &format!("{ALICE} [runkey {task}0000000000000000000]"),
        // A display name that ends in a bracket of its own.
        &format!("Eve [runkey {task}] [runkey desk-7-ab12cd34]"),
        // A task that is in no space.
        &format!("{ALICE} [runkey ServerTasks-999]"),
    ] {
        keep(purpose);
    }
    an_hour_later(&octopus);
    // The same number on another server, or before this one was restored: made long after that
    // task was over.
    let expires = octopus.now() + SignedDuration::from_hours(2);
    let purpose = format!("Bob Ng (bob) [runkey {task}]");
    kept.push(octopus.add_key(RUNBOOK_SVC, &purpose, Some(expires)).id);
    kept.push(octopus.add_key(RUNBOOK_ALICE, PURPOSE, Some(expires)).id);

    delete_ended(&octopus).run().expect_code(0);
    kept.pop();
    assert_eq!(left(&octopus), kept);
    assert_eq!(octopus.keys(RUNBOOK_ALICE).len(), 1);
}

#[test]
fn a_restored_backup_ends_no_living_runs_key() {
    let octopus = an_hour_ago(Settings::default());
    let backup = octopus.now();
    octopus.advance_clock(SignedDuration::from_mins(20));
    let (before, _) = begin_run(&octopus);
    octopus.advance_clock(SignedDuration::from_mins(20));
    octopus.tasks().restore_backup_of(backup);
    // The number is given anew, to a run that is soon over. The first one's scripts may go on.
    let (after, key_of_after) = leave_behind(&octopus, TaskState::Success);
    assert_eq!(before, after);
    delete_ended(&octopus)
        .run()
        .expect_code(0)
        .expect_text("Left to their expiry: 1 key of runs that cannot be judged");
    assert_eq!(left(&octopus).len(), 1);
    assert!(!left(&octopus).contains(&key_of_after));
}

#[test]
fn a_task_without_a_time_ends_no_key() {
    for field in ["StartTime", "CompletedTime", "State"] {
        for value in [Value::Null, json!("soon"), json!("")] {
            let octopus = Octopus::start();
            let (_, key) = leave_behind(&octopus, TaskState::Failed);
            let lie = value.clone();
            octopus.rewrite("GET", "/api/tasks", move |page| {
                page["Items"][0][field] = lie.clone();
            });
            delete_ended(&octopus).run().expect_code(0);
            assert_eq!(left(&octopus), [key], "{field}: {value}");
        }
    }
}

#[test]
fn an_expired_key_goes_too_whatever_its_run_is() {
    let octopus = Octopus::start();
    let past = octopus.now() - SignedDuration::from_mins(1);
    for run in ["desk-7", "ServerTasks-999"] {
        octopus.add_key(RUNBOOK_SVC, &format!("{ALICE} [runkey {run}]"), Some(past));
    }
    delete_ended(&octopus)
        .run()
        .expect_code(0)
        .expect_text(&format!("run desk-7 (it expired at {past:.0})."));
    assert!(left(&octopus).is_empty());
    assert!(
        !requests(&octopus)
            .iter()
            .any(|line| line.contains("/tasks"))
    );
}

#[test]
fn json_tells_of_each_key_whose_it_was_and_why_it_went() {
    let octopus = Octopus::start();
    let (task, key) = leave_behind(&octopus, TaskState::Canceled);
    let past = octopus.now() - SignedDuration::from_mins(1);
    let expired = octopus.add_key(RUNBOOK_SVC, "Bob Ng (bob) [runkey desk-7]", Some(past));
    let held = octopus.keys(RUNBOOK_SVC).remove(1);
    let run = delete_ended(&octopus)
        .args(["--output", "json"])
        .run()
        .expect_code(0);
    let outcome: Value = serde_json::from_str(&run.stdout).expect("one JSON object");
    assert_eq!(outcome["Revoked"], json!([expired.id, key]));
    assert_eq!(outcome["Sweep"]["Owner"], "Users-21");
    let entry = &outcome["Sweep"]["Keys"][1];
    assert_eq!(
        *entry,
        json!({
            "Id": key,
            "Person": ALICE,
            "Run": task,
            "TaskState": "Canceled",
            "Made": held.created,
            "LastUsed": null,
            "Expires": held.expires,
            "Fate": "Revoked",
        })
    );
    assert_eq!(outcome["Sweep"]["Keys"][0]["TaskState"], Value::Null);
}

#[test]
fn a_dry_run_says_why_each_would_go_and_changes_nothing() {
    let octopus = Octopus::start();
    let (task, key) = leave_behind(&octopus, TaskState::TimedOut);
    delete_ended(&octopus)
        .args(["--dry-run"])
        .run()
        .expect_code(0)
        .expect_text(&format!(
            "Would revoke {key}: {ALICE}, run {task} ran out of its time."
        ))
        .expect_text("1 key of runs that are over on the account Users-21 would be revoked; nothing was changed (dry run).");
    assert_eq!(left(&octopus), [key]);
    assert!(
        requests(&octopus)
            .iter()
            .all(|line| line.starts_with("GET "))
    );
}

#[test]
fn another_account_is_swept_by_its_name() {
    let octopus = Octopus::start();
    let task = octopus.tasks().queue();
    octopus.tasks().start(&task);
    add_key_of_run(&octopus, RUNBOOK_ALICE, &task);
    let (of_svc, key) = begin_run(&octopus);
    for task in [&task, &of_svc] {
        octopus.tasks().end(task, TaskState::Failed);
    }
    delete_ended(&octopus)
        .args(["--owner", "runbook-alice"])
        .run()
        .expect_code(0)
        .expect_text("on the account Users-22.");
    assert!(octopus.keys(RUNBOOK_ALICE).is_empty());
    assert_eq!(left(&octopus), [key]);
}

#[test]
fn a_sweep_that_is_not_all_that_is_asked_for_is_wrong_usage() {
    for (name, value) in [
        ("RUNKEY_PURPOSE", ""),
        ("RUNKEY_RUN_BY", ""),
        ("RUNKEY_RUN_ID", ""),
        ("RUNKEY_RUN_BY", ALICE),
        ("RUNKEY_RUN_ID", "ServerTasks-1"),
        (
            "RUNKEY_PURPOSE",
            "#{Octopus.Action[Mistyped].Output.ApiKeyPurpose}",
        ),
        ("RUNKEY_REPORT", "report.html"),
    ] {
        let octopus = Octopus::start();
        leave_behind(&octopus, TaskState::Canceled);
        let run = delete_ended(&octopus).env(name, value).run();
        run.expect_code(2).expect_text("RUNKEY_");
        assert_eq!(octopus.connections(), 0, "{name}={value}");
    }
}

#[test]
fn an_empty_variable_in_a_file_is_there_too() {
    let octopus = Octopus::start();
    delete_ended(&octopus)
        .file("run.env", "RUNKEY_PURPOSE=\n")
        .args(["--env-file", "run.env"])
        .run()
        .expect_code(2)
        .expect_text("RUNKEY_PURPOSE is there, but empty");
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn expired_and_ended_at_once_are_ended() {
    let octopus = Octopus::start();
    leave_behind(&octopus, TaskState::Canceled);
    delete_ended(&octopus)
        .args(["--expired"])
        .run()
        .expect_code(0);
    assert!(left(&octopus).is_empty());
}
