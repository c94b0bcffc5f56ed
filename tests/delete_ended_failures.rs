//! `runkey delete --ended` when the server shows not everything, or does not play along: exit 0 means
//! that every task which the server would show was judged, and that every key of an ended run is gone.

mod common;

use std::thread;
use std::time::Duration;

use common::requests;
use common::tasks::{
    add_key_of_run, an_hour_ago, an_hour_later, begin_run, delete_ended, leave_behind, left,
};
use octopus_sim::{Fault, Lie, MadeUp, Octopus, RUNBOOK_SVC, Settings, TaskState};

/// How many requests had this text in their line.
fn count(octopus: &Octopus, text: &str) -> usize {
    let requests = requests(octopus);
    requests.iter().filter(|line| line.contains(text)).count()
}

#[test]
fn nothing_to_do_takes_two_requests() {
    let octopus = Octopus::start();
    octopus.add_keys(RUNBOOK_SVC, 5);
    delete_ended(&octopus).run().expect_code(0);
    assert_eq!(
        requests(&octopus),
        [
            "GET /api/users/me",
            "GET /api/users/Users-21/apikeys?skip=0&take=1000&partialPurpose=runkey"
        ]
    );
}

#[test]
fn tasks_are_asked_for_fifty_at_a_time_and_each_once() {
    let octopus = Octopus::start();
    for _ in 0..120 {
        let (task, _) = begin_run(&octopus);
        add_key_of_run(&octopus, RUNBOOK_SVC, &format!("{task}-ab12cd34"));
        octopus.tasks().end(&task, TaskState::Canceled);
    }
    delete_ended(&octopus)
        .run()
        .expect_code(0)
        .expect_text("Revoked 240 keys");
    assert!(left(&octopus).is_empty());
    let asked: Vec<usize> = requests(&octopus)
        .iter()
        .filter_map(|line| line.strip_prefix("GET /api/tasks?skip=0&take=50&ids="))
        .map(|rest| {
            let (ids, scope) = rest.split_once('&').expect("the spaces");
            assert_eq!(scope, "spaces=all&includeSystem=true");
            ids.split("%2C").count()
        })
        .collect();
    assert_eq!(asked, [50, 50, 20]);
}

#[test]
fn a_server_that_does_not_know_the_ids_is_asked_for_each_task() {
    for gives_others in [false, true] {
        let octopus = Octopus::start();
        let (ended, _) = leave_behind(&octopus, TaskState::Canceled);
        let (_, living) = begin_run(&octopus);
        octopus.rewrite("GET", "/api/tasks", move |page| {
            if let Some(items) = page["Items"].as_array_mut() {
                items.retain(|_| gives_others);
                for item in items {
                    item["Id"] = "ServerTasks-77".into();
                    item["State"] = "Success".into();
                }
            }
        });
        delete_ended(&octopus).run().expect_code(0);
        assert_eq!(left(&octopus), [living]);
        assert_eq!(
            count(
                &octopus,
                &format!("GET /api/tasks/{ended}?spaces=all&includeSystem=true")
            ),
            1
        );
        assert_eq!(count(&octopus, "/api/tasks"), 3);
    }
}

#[test]
fn another_task_in_the_place_of_the_one_asked_for_ends_no_key() {
    let octopus = Octopus::start();
    let (_, key) = leave_behind(&octopus, TaskState::Canceled);
    octopus.rewrite("GET", "/api/tasks", |answer| {
        answer["Items"] = serde_json::json!([]);
        answer["Id"] = "ServerTasks-77".into();
    });
    delete_ended(&octopus).run().expect_code(1);
    assert_eq!(left(&octopus), [key]);
}

#[test]
fn a_task_of_any_space_is_seen_and_one_of_a_hidden_space_is_left() {
    let octopus = Octopus::start();
    let mut keys = Vec::new();
    for space in ["Spaces-1", "Spaces-2"] {
        let task = octopus.tasks().queue_in(space);
        octopus.tasks().start(&task);
        keys.push(add_key_of_run(&octopus, RUNBOOK_SVC, &task).id);
        octopus.tasks().end(&task, TaskState::Canceled);
    }
    octopus.tasks().hide_from(RUNBOOK_SVC, "Spaces-2");
    delete_ended(&octopus)
        .run()
        .expect_code(0)
        .expect_text("Left to their expiry: 1 key of runs that cannot be judged");
    assert_eq!(left(&octopus), keys[1..]);
}

#[test]
fn without_the_permission_to_see_tasks_it_is_named_and_expired_keys_go() {
    let octopus = an_hour_ago(Settings {
        service_account_views_tasks: false,
        ..Settings::default()
    });
    let soon = octopus.now() + jiff::SignedDuration::from_mins(5);
    octopus.add_key(
        RUNBOOK_SVC,
        "Bob Ng (bob) [runkey ServerTasks-7]",
        Some(soon),
    );
    an_hour_later(&octopus);
    let keys: Vec<_> = (0..120)
        .map(|_| leave_behind(&octopus, TaskState::Canceled).1)
        .collect();
    let run = delete_ended(&octopus).run().expect_code(1);
    run.expect_text("Revoked 1 key")
        .expect_text("so it is not known which runs are over")
        .expect_text("the permission TaskView in every space");
    assert_eq!(left(&octopus), keys);
    // It gave up after the first fifty.
    assert_eq!(count(&octopus, "/api/tasks"), 51);
}

#[test]
fn tasks_that_retention_deleted_are_told_like_those_that_may_not_be_seen() {
    let octopus = Octopus::start();
    let (_, key) = leave_behind(&octopus, TaskState::Canceled);
    octopus.tasks().apply_retention(jiff::SignedDuration::ZERO);
    delete_ended(&octopus)
        .run()
        .expect_code(1)
        .expect_text("TaskView");
    assert_eq!(left(&octopus), [key]);
}

#[test]
fn a_list_that_is_cut_off_is_a_failure_and_what_was_found_goes() {
    let octopus = Octopus::start();
    leave_behind(&octopus, TaskState::Canceled);
    let lie = octopus.fault(Lie::endless_list(MadeUp::NewIds));
    lie.on("GET", "/apikeys").forever();
    delete_ended(&octopus)
        .args(["--retry-for", "1s"])
        .run()
        .expect_code(1)
        .expect_text(
            "Cannot look at all keys of the account Users-21: the server's list has no end",
        );
    assert!(left(&octopus).is_empty());
}

#[test]
fn tasks_that_cannot_be_had_are_a_failure_and_expired_keys_go() {
    let octopus = Octopus::start();
    let past = octopus.now() - jiff::SignedDuration::from_mins(5);
    octopus.add_key(
        RUNBOOK_SVC,
        "Bob Ng (bob) [runkey ServerTasks-7]",
        Some(past),
    );
    let (_, key) = leave_behind(&octopus, TaskState::Canceled);
    octopus
        .fault(Fault::Status(503))
        .on("GET", "/api/tasks")
        .forever();
    delete_ended(&octopus)
        .args(["--retry-for", "1s"])
        .run()
        .expect_code(1)
        .expect_text("Cannot look at all keys of the account Users-21: the server answered 503");
    assert_eq!(left(&octopus), [key]);
}

#[test]
fn a_key_that_lives_on_is_a_failure_and_the_others_go() {
    let octopus = Octopus::start();
    let keys: Vec<_> = (0..3)
        .map(|_| leave_behind(&octopus, TaskState::Canceled).1)
        .collect();
    octopus
        .fault(Fault::Status(403))
        .on("DELETE", &keys[1])
        .forever();
    delete_ended(&octopus)
        .run()
        .expect_code(1)
        .expect_text(&format!("The key {} could not be revoked", keys[1]))
        .expect_text("Revoked 2 keys");
    assert_eq!(left(&octopus), keys[1..2]);
}

#[test]
fn a_server_that_stays_broken_ends_the_sweep_when_the_time_is_over() {
    let octopus = Octopus::start();
    for _ in 0..20 {
        leave_behind(&octopus, TaskState::Canceled);
    }
    octopus
        .fault(Fault::Status(503))
        .on("DELETE", "/apikeys")
        .forever();
    let run = delete_ended(&octopus)
        .args(["--retry-for", "1s", "--output", "json"])
        .run()
        .expect_code(1);
    let outcome: serde_json::Value = serde_json::from_str(&run.stdout).expect("one JSON object");
    assert_eq!(outcome["Failed"].as_array().map(Vec::len), Some(20));
    assert!(count(&octopus, "DELETE") < 15);
}

#[test]
fn a_dead_credential_is_not_presented_again_and_again() {
    let octopus = Octopus::start();
    for _ in 0..5 {
        leave_behind(&octopus, TaskState::Canceled);
    }
    octopus
        .fault(Fault::Status(401))
        .on("DELETE", "/apikeys")
        .forever();
    delete_ended(&octopus).run().expect_code(1);
    assert_eq!(count(&octopus, "DELETE"), 1);
    assert_eq!(left(&octopus).len(), 5);
}

#[test]
fn the_key_that_authenticates_is_spared_and_that_is_no_failure() {
    let octopus = Octopus::start();
    let (task, _) = begin_run(&octopus);
    let own = add_key_of_run(&octopus, RUNBOOK_SVC, &task);
    octopus.tasks().end(&task, TaskState::Success);
    delete_ended(&octopus)
        .env("OCTOPUS_API_KEY", &own.secret)
        .run()
        .expect_code(0)
        .expect_text(&format!("The key {} is spared", own.id));
    assert_eq!(left(&octopus), [own.id]);
}

#[test]
fn progress_renews_the_time_that_may_be_spent() {
    let octopus = Octopus::start();
    for _ in 0..25 {
        leave_behind(&octopus, TaskState::Canceled);
    }
    octopus.before_request("DELETE", "/apikeys", |_, _, _| {
        thread::sleep(Duration::from_millis(100));
    });
    // Two seconds after the sweep began.
    octopus
        .fault(Fault::Status(503))
        .on("DELETE", "/apikeys")
        .at(20);
    let run = delete_ended(&octopus)
        .args(["--retry-for", "1s"])
        .run()
        .expect_code(0);
    let progress: Vec<_> = run
        .messages()
        .iter()
        .filter(|message| message.name == "progress")
        .map(|message| message.get("message").unwrap_or_default().to_owned())
        .collect();
    assert_eq!(progress.len(), 25);
    assert_eq!(progress[24], "25 of 25 keys");
}

#[test]
fn tasks_that_were_seen_are_progress_too() {
    let octopus = Octopus::start();
    let (ended, key) = leave_behind(&octopus, TaskState::Canceled);
    for _ in 0..50 {
        begin_run(&octopus);
    }
    // The list is newest first, so the run that is over comes last, in a batch of its own.
    octopus.rewrite("GET", "/api/tasks", |page| {
        if page["Items"].is_array() {
            page["Items"] = serde_json::json!([]);
        }
    });
    octopus.before_request("GET", "/api/tasks/", |_, _, _| {
        thread::sleep(Duration::from_millis(30));
    });
    octopus.fault(Fault::Status(503)).on("DELETE", "/apikeys");
    delete_ended(&octopus)
        .args(["--retry-for", "1s"])
        .run()
        .expect_code(0)
        .expect_text(&format!("run {ended} was cancelled"));
    assert!(!left(&octopus).contains(&key));
}
