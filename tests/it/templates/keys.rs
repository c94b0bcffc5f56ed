//! Delete finds every key of its run, and no other: whatever happened to the create step.

use std::path::Path;

use octopus_sim::worker::{Runbook, Step, StepState, Syntax, Worker};
use octopus_sim::{Fault, OIDC_SUBJECT, RUNBOOK_ALICE};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::steps::{ACCOUNT, BASH, CREATE, DELETE, Stage, Templates, USE, templates};
use crate::support::{make_executable, program};

/// A program that keeps its process ID in the file `pid` beside it, and then is runkey.
fn keep_process_id(folder: &Path) {
    let script = format!(
        "#!/bin/sh\necho $$ > '{}/pid'\nexec '{}' \"$@\"\n",
        folder.display(),
        program()
    );
    let file = folder.join("runkey");
    std::fs::write(&file, script).unwrap();
    make_executable(&file);
}

#[test]
fn finds_key_of_create_step_that_was_killed() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().unwrap();
    keep_process_id(folder.path());
    let pid = folder.path().join("pid");
    // The key exists; the program never learns it.
    let kill = Fault::edit("kill the program", move |_, _| {
        let pid = std::fs::read_to_string(&pid).unwrap();
        let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
    });
    stage.octopus.fault(kill).on("POST", "/apikeys");
    let worker = Worker::new().path_entry(folder.path());
    let stage = Stage {
        worker: worker.oidc_account(ACCOUNT, stage.octopus.id_tokens(OIDC_SUBJECT)),
        ..stage
    };
    let ran = stage.run(&templates(BASH).around("echo Done"));
    ran.expect_code(CREATE, 137);
    assert!(!ran.step(CREATE).outputs.contains_key("ApiKey"));
    ran.expect_code(DELETE, 0);
    assert!(ran.says(DELETE, "Revoked API key "));
    assert_eq!(stage.keys(), [""; 0]);
}

#[test]
fn finds_keys_when_every_response_was_lost() {
    let stage = Stage::new();
    let lost = stage.octopus.fault(Fault::ResetAfterProcessing);
    lost.on("POST", "/apikeys").forever();
    // Delete waits this long until no lost request can create a key any more.
    let stage = Stage {
        worker: stage.worker.clone().env("RUNKEY_TIMEOUT", "1s"),
        ..stage
    };
    let ran = stage.run(&templates(BASH).around("echo Done"));
    ran.expect_code(CREATE, 1);
    ran.expect_code(DELETE, 0);
    assert!(
        ran.says(DELETE, "Revoked 3 API keys"),
        "{}",
        ran.log(DELETE)
    );
    assert_eq!(stage.keys(), [""; 0]);
}

/// On the second target, waits until the first one's key was revoked.
fn wait_for_first(folder: &Path) -> String {
    format!(
        "set -e
if [ \"$(get_octopusvariable Octopus.Machine.Id)\" = Machines-2 ]; then
  until [ -e '{}/revoked' ]; do sleep 0.02; done
  runkey use -- true
fi
",
        folder.display()
    )
}

#[test]
fn targets_in_parallel_have_a_key_each() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().unwrap();
    let revoked = format!("touch '{}/revoked'", folder.path().display());
    let steps = templates(BASH);
    let in_parallel = vec![
        steps.create(),
        steps.use_key(&wait_for_first(folder.path())),
        steps.delete(),
        Step::script("Revoked", Syntax::Bash, &revoked),
    ];
    let targets = [("Machines-1", "Web01"), ("Machines-2", "Web02")];
    let ran = stage.run(&Runbook::new().rolling(&targets, 2, in_parallel));
    ran.expect_success();
    for (machine, name) in targets {
        let create = ran.task.step_on(CREATE, name).unwrap();
        let run = format!("{}.{machine}", ran.id);
        assert_eq!(create.output("ApiKeyRunId"), Some(run.as_str()));
        let delete = ran.task.step_on(DELETE, name).unwrap();
        let key = create.output("ApiKeyId").unwrap();
        let revoked = format!("Revoked API key {key} of \"Alice King (alice)\".");
        assert!(delete.log.iter().any(|line| line.text == revoked));
    }
    assert_eq!(stage.keys(), [""; 0]);
}

#[test]
fn one_delete_step_revokes_keys_of_all_targets() {
    let stage = Stage::new();
    let steps = templates(BASH);
    let targets = [("Machines-1", "Web01"), ("Machines-2", "Web02")];
    let create = vec![steps.create(), steps.use_key("echo Done")];
    let ran = stage.run(
        &Runbook::new()
            .rolling(&targets, 1, create)
            .step(steps.delete()),
    );
    ran.expect_success();
    assert!(
        ran.says(DELETE, "Revoked 2 API keys"),
        "{}",
        ran.log(DELETE)
    );
    assert_eq!(stage.keys(), [""; 0]);
}

#[test]
fn one_delete_step_revokes_keys_of_two_create_steps() {
    let stage = Stage::new();
    let steps = templates(BASH);
    let second = "Create read-only key";
    let read_only = steps
        .create_as(second)
        .parameter("RunKey.Create.Access", "read-only");
    let runbook = Runbook::new()
        .step(steps.create())
        .step(read_only)
        .step(steps.use_key("echo Done"))
        .step(steps.delete());
    let ran = stage.run(&runbook);
    ran.expect_success();
    for create in [CREATE, second] {
        let key = ran.step(create).output("ApiKeyId").unwrap();
        assert!(ran.says(DELETE, &format!("Revoked API key {key} of ")));
    }
    assert_eq!(stage.keys(), [""; 0]);
}

/// What the use and delete steps have as the name of the create step, the owner that only the create
/// step is given, and how the use and the delete step end.
#[test]
fn finds_create_step_as_people_type_its_name() {
    for (typed, owner, use_key, delete) in [
        (CREATE, "", 0, 0),
        (CREATE, RUNBOOK_ALICE, 0, 0),
        (CREATE, "runbook-alice", 0, 0),
        ("create run api KEY", "", 0, 0),
        ("create run api KEY", RUNBOOK_ALICE, 0, 0),
        (" Create run API key ", "", 0, 0),
        // The run ID is computed, and leads to the key of the credential's account.
        ("Create key", "", 125, 0),
    ] {
        let stage = Stage::new();
        let runbook = runbook(typed, owner);
        let ran = stage.run(&runbook);
        ran.expect_code(USE, use_key);
        ran.expect_code(DELETE, delete);
        assert_eq!(stage.keys(), [""; 0], "for '{typed}', '{owner}'");
    }
}

#[test]
fn delete_fails_when_nothing_was_passed_on_and_nothing_found() {
    let stage = Stage::new();
    let ran = stage.run(&runbook("Create key", RUNBOOK_ALICE));
    let delete = ran.expect_code(DELETE, 1);
    let message = delete.result_message.as_deref().unwrap();
    let expected = format!(
        "No API key of run {} was found on account Users-21.",
        ran.id
    );
    assert_eq!(message, expected);
    assert!(ran.says(
        DELETE,
        "Help: Step 'Create key' did not run, was skipped, or has a different name."
    ));
}

fn runbook(typed: &str, owner: &str) -> Runbook {
    let steps = templates(BASH);
    let create = steps.create().parameter("RunKey.Create.Owner", owner);
    let work = steps.use_key("echo Done");
    Runbook::new()
        .step(create)
        .step(work.parameter("RunKey.Use.CreateStep", typed).always())
        .step(steps.delete().parameter("RunKey.Delete.CreateStep", typed))
}

#[test]
fn key_is_revoked_after_a_failed_step() {
    let stage = Stage::new();
    let ran = stage.run(&templates(BASH).around("exit 7"));
    ran.expect_code(USE, 7);
    assert_eq!(ran.task.steps[2].state(), StepState::Succeeded);
    assert_eq!(stage.keys(), [""; 0]);
}

#[test]
fn program_that_cannot_run_is_not_used() {
    let cut_off = std::fs::read(program()).unwrap()[..100_000].to_vec();
    for damaged in [Vec::new(), b"\n \n".to_vec(), b"garbage".to_vec(), cut_off] {
        let package = tempfile::tempdir().unwrap();
        let file = package.path().join("linux-x64/runkey");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, damaged).unwrap();
        let steps = Templates {
            package: Some(package.path()),
            ..templates(BASH)
        };

        let stage = Stage::new();
        let ran = stage.run(&steps.around("echo Done"));
        ran.expect_success();
        let warning = "The program in the package does not answer --version; using ";
        assert!(ran.warnings(CREATE)[0].starts_with(warning));

        let without = Stage {
            worker: Worker::new(),
            ..Stage::new()
        };
        let ran = without.run(&steps.around("echo Done"));
        for step in [CREATE, DELETE] {
            let message = ran.expect_code(step, 1).result_message.clone().unwrap();
            assert!(message.starts_with("runkey not found: "), "{message}");
        }
        assert!(!ran.task.render(false).contains("Done"));
    }
}
