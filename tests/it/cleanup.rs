//! `runkey delete --finished` and `--all`: the keys of many runs.

use jiff::SignedDuration;
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC, Settings, Task, TaskState};
use serde_json::{Value, json};

use crate::support::server::{
    HOUR, add_key, add_key_of_run, an_hour_ago, an_hour_later, finished_run, left, server_with,
    start_run,
};
use crate::support::{ALICE, Runkey, delete};

/// `runkey delete` for the whole account.
fn cleanup<'a>(octopus: &'a Octopus, arguments: &str) -> Runkey<'a> {
    delete(octopus)
        .without("RUNKEY_RUN_BY")
        .without("RUNKEY_RUN_ID")
        .line(arguments)
}

fn finished(octopus: &Octopus) -> Runkey<'_> {
    cleanup(octopus, "--finished")
}

#[test]
fn revokes_key_in_every_state_of_a_finished_task_only() {
    for (state, words) in [
        (TaskState::Success, "its run succeeded"),
        (TaskState::Failed, "its run failed"),
        (TaskState::Canceled, "its run was canceled"),
        (TaskState::TimedOut, "its run timed out"),
    ] {
        let octopus = Octopus::start();
        finished_run(&octopus, state);
        let run = finished(&octopus).run().expect_code(0);
        assert_eq!(left(&octopus), [""; 0], "{state}");
        run.expect_text(words);
    }
    let octopus = Octopus::start();
    let tasks = octopus.tasks();
    let queued = tasks.queue();
    let mut kept = vec![add_key_of_run(&octopus, &queued).id];
    let [
        (_, executing),
        (waiting, of_waiting),
        (cancelling, of_cancelling),
        (pending, of_pending),
    ] = [(); 4].map(|()| start_run(&octopus));
    tasks.wait_for_person(&waiting, true);
    tasks.cancel(&cancelling);
    tasks.put(Task {
        state: TaskState::Pending,
        ..tasks.get(&pending).unwrap()
    });
    kept.extend([executing, of_waiting, of_cancelling, of_pending]);
    let run = finished(&octopus).run().expect_code(0);
    assert_eq!(left(&octopus), kept);
    run.expect_text("Skipped 5 API keys: the run is in progress.");
}

#[test]
fn revokes_keys_of_targets_and_one_command_runs() {
    let octopus = Octopus::start();
    let (task, _) = start_run(&octopus);
    for suffix in ["~ab12cd34", ".Machines-7", ".Machines-7~ab12cd34"] {
        add_key_of_run(&octopus, &format!("{task}{suffix}"));
    }
    octopus.tasks().end(&task, TaskState::Failed);
    finished(&octopus).run().expect_code(0);
    assert_eq!(left(&octopus), [""; 0]);
}

#[test]
fn skips_what_cannot_be_judged() {
    let octopus = an_hour_ago(Settings::default());
    let (task, _) = finished_run(&octopus, TaskState::Success);
    let mut kept: Vec<_> = [
        // Not runkey's.
        task.as_str(),
        &format!("[runkey {task}]"),
        &format!("{ALICE} [Runkey {task}]"),
        &format!("{ALICE} [runkey {task}] old"),
        // Other run IDs.
        &format!("{ALICE} [runkey {task}-child]"),
        &format!("{ALICE} [runkey my-{task}]"),
        &format!("{ALICE} [runkey {task}~ab12cd3]"),
        &format!("{ALICE} [runkey {task}~AB12CD34]"),
        &format!("{ALICE} [runkey {task}.Machines-x]"),
        &format!("{ALICE} [runkey {}]", task.to_lowercase()),
        &format!("{ALICE} [runkey {task}0000000000000000000]"),
        &format!("Eve [runkey {task}] [runkey desk-7~ab12cd34]"),
        // A task that is not found.
        &format!("{ALICE} [runkey ServerTasks-999]"),
    ]
    .map(|purpose| {
        octopus
            .add_key(RUNBOOK_SVC, purpose, Some(octopus.now() + HOUR * 3))
            .id
    })
    .into();
    an_hour_later(&octopus);
    // The same number on another server, or before this one was restored.
    kept.push(add_key_of_run(&octopus, &task).id);
    let run = finished(&octopus).run().expect_code(0);
    assert_eq!(left(&octopus), kept, "{run:#?}");
    run.expect_text("Skipped 1 API key: it was not created while the task ran");
}

#[test]
fn skips_key_of_another_task_with_the_same_number() {
    let octopus = an_hour_ago(Settings::default());
    let backup = octopus.now();
    octopus.advance_clock(SignedDuration::from_mins(20));
    let (before, of_before) = start_run(&octopus);
    octopus.advance_clock(SignedDuration::from_mins(20));
    octopus.tasks().restore_backup_of(backup);
    let (after, _) = finished_run(&octopus, TaskState::Success);
    assert_eq!(before, after);
    finished(&octopus).run().expect_code(0);
    assert_eq!(left(&octopus), [of_before]);
}

#[test]
fn skips_task_with_an_unreadable_state_or_time() {
    for field in ["StartTime", "CompletedTime", "State"] {
        for value in [Value::Null, json!("soon"), json!("success"), json!("")] {
            let octopus = Octopus::start();
            let (_, key) = finished_run(&octopus, TaskState::Failed);
            let wrong = value.clone();
            octopus.rewrite("GET", "/api/tasks", move |page| {
                page["Items"][0][field] = wrong.clone();
            });
            finished(&octopus).run().expect_code(0);
            assert_eq!(left(&octopus), [key], "{field}: {value}");
        }
    }
}

#[test]
fn revokes_expired_keys_of_any_run() {
    let minute = SignedDuration::from_mins(1);
    // By the server's clock and by this machine's.
    for ahead in [-3, 0, 3] {
        let octopus = server_with(|settings| settings.clock_offset = HOUR * ahead);
        let clocks = [jiff::Timestamp::now(), octopus.now()];
        let mut kept = Vec::new();
        for clock in clocks {
            for expires in [clock - minute * 6, clock - minute * 4, clock + HOUR] {
                let purpose = format!("{ALICE} [runkey desk-7]");
                let key = octopus.add_key(RUNBOOK_SVC, &purpose, Some(expires));
                if clocks.iter().any(|clock| expires > *clock - minute * 5) {
                    kept.push(key.id);
                }
            }
        }
        let run = finished(&octopus).run().expect_code(0);
        assert_eq!(left(&octopus), kept, "{ahead} h ahead: {run:#?}");
    }
}

#[test]
fn fails_without_permission_to_read_tasks() {
    let octopus = server_with(|settings| settings.service_account_lacks = vec!["TaskView"]);
    let (_, key) = finished_run(&octopus, TaskState::Canceled);
    let past = octopus.now() - HOUR;
    octopus.add_key(RUNBOOK_SVC, &format!("{ALICE} [runkey desk-7]"), Some(past));
    let run = finished(&octopus).run();
    assert_eq!(
        left(&octopus),
        [key],
        "the expired key is revoked: {run:#?}"
    );
    run.expect_code(1).expect_text("TaskView");
}

#[test]
fn names_key_that_cleanup_could_not_revoke() {
    let octopus = Octopus::start();
    let (_, first) = finished_run(&octopus, TaskState::Canceled);
    finished_run(&octopus, TaskState::Failed);
    octopus
        .fault(Fault::Status(403))
        .on("DELETE", &first)
        .forever();
    let run = finished(&octopus).run().expect_code(1);
    assert!(
        run.error()
            .starts_with(&format!("Cannot revoke API key {first} (expires ")),
        "{run:#?}"
    );
    assert_eq!(left(&octopus), [first]);
    // Those of active runs would be revoked too.
    assert!(!run.has("delete --all"), "{run:#?}");
}

#[test]
fn skips_own_key_in_a_cleanup() {
    let octopus = Octopus::start();
    let past = octopus.now() - HOUR;
    let purpose = format!("{ALICE} [runkey desk-7]");
    let own = octopus.add_key(RUNBOOK_SVC, &purpose, Some(octopus.now() + HOUR));
    octopus.add_key(RUNBOOK_SVC, &purpose, Some(past));
    for arguments in ["--finished", "--all --yes"] {
        let run = cleanup(&octopus, arguments)
            .env("OCTOPUS_API_KEY", &own.secret)
            .run();
        run.expect_code(0)
            .expect_text("Skipped 1 API key: runkey authenticates with it.");
        assert_eq!(left(&octopus), [own.id.as_str()]);
    }
}

#[test]
fn narrows_all_by_person() {
    let octopus = Octopus::start();
    start_run(&octopus);
    let bobs = add_key(&octopus, "Bob Ng (bob) [runkey desk-7]").id;
    cleanup(&octopus, "--all --yes")
        .args(["--run-by", ALICE])
        .run()
        .expect_code(0);
    assert_eq!(left(&octopus), [bobs]);
}

#[test]
fn counts_keys_created_meanwhile() {
    let octopus = Octopus::start();
    start_run(&octopus);
    octopus.before_request("DELETE", "/apikeys", |octopus, _, _| {
        octopus.add_key(
            RUNBOOK_SVC,
            "Bob [runkey desk-8]",
            Some(octopus.now() + HOUR),
        );
    });
    let run = cleanup(&octopus, "--all --yes").run().expect_code(0);
    assert_eq!(
        run.at_level("warning"),
        ["Created meanwhile and still active: 1 API key. Run the command again."]
    );
}
