//! A whole run: what is logged, what is passed on, and what is left.

use std::path::Path;

use octopus_sim::worker::service_message::{Dialect, Reader};
use octopus_sim::worker::{Runbook, Syntax, Worker};

use crate::support::masked;
use crate::support::steps::{
    BASH, CREATE, DELETE, POWERSHELL, Ran, STORED_KEY, Shell, Stage, Templates, USE, templates,
};

/// PowerShell, where this machine has it.
fn powershell() -> Option<Shell> {
    let is_here = Worker::has(Syntax::PowerShell);
    if !is_here {
        println!("Left out: the PowerShell templates, since no pwsh is on the PATH.");
    }
    is_here.then_some(POWERSHELL)
}

/// Fails unless the run stored nothing, passed the key on as a secret, and left none.
#[track_caller]
fn assert_stores_nothing(stage: &Stage, ran: &Ran) {
    ran.expect_success();
    assert!(ran.step(CREATE).outputs["ApiKey"].sensitive);
    assert_eq!(stage.keys(), [""; 0]);
    let service_key = Some(stage.octopus.service_key());
    let requests = stage.octopus.requests();
    let mut keys = requests
        .iter()
        .map(|request| request.header("X-Octopus-ApiKey"));
    assert!(keys.all(|key| key != service_key));
}

#[test]
fn stores_nothing_from_create_to_delete() {
    let stage = Stage::new();
    let ran = stage.run(&templates(BASH).around("echo \"In $OCTOPUS_SPACE\""));
    assert_stores_nothing(&stage, &ran);
    let log = |step| masked(&stage.octopus, &ran.log(step));
    insta::assert_snapshot!(log(CREATE), @"");
    insta::assert_snapshot!(log(USE), @"");
    insta::assert_snapshot!(log(DELETE), @"");
}

#[test]
fn does_the_same_in_powershell() {
    let Some(shell) = powershell() else { return };
    let stage = Stage::new();
    let ran = stage.run(&templates(shell).around("\"In $env:OCTOPUS_SPACE\""));
    assert_stores_nothing(&stage, &ran);
    let log = |step| masked(&stage.octopus, &ran.log(step));
    insta::assert_snapshot!(log(CREATE), @"");
    insta::assert_snapshot!(log(USE), @"");
    insta::assert_snapshot!(log(DELETE), @"");
}

#[test]
fn works_with_a_stored_key_instead() {
    let stage = Stage::new();
    let with_key = Templates {
        credential: STORED_KEY,
        ..templates(BASH)
    };
    let ran = stage.run(&with_key.around("echo Done"));
    ran.expect_success();
    assert_eq!(stage.keys(), [""; 0]);
}

#[test]
fn attaches_report_by_absolute_path_in_own_folder() {
    let stage = Stage::new();
    let ran = stage.run(&templates(BASH).around("echo Done"));
    let delete = ran.step(DELETE);
    let messages = Reader::new(Dialect::Common)
        .read(&delete.raw_stdout)
        .messages;
    let artifact = messages
        .iter()
        .find(|message| message.name == "createArtifact");
    let path = Path::new(artifact.unwrap().get("path").unwrap());
    assert!(path.is_absolute());
    assert!(!path.starts_with(std::env::current_dir().unwrap()));
    let [report] = delete.artifacts.as_slice() else {
        panic!("{:?}", delete.artifacts);
    };
    assert_eq!(report.name, "run-api-key-report.html");
    let page = String::from_utf8(report.content.clone()).unwrap();
    assert!(page.contains("Alice King"));
}

#[test]
fn cleanup_revokes_keys_of_finished_runs_only() {
    use crate::support::server::{finished_run, start_run};
    use octopus_sim::TaskState;

    let stage = Stage::new();
    finished_run(&stage.octopus, TaskState::Canceled);
    let (in_progress, _) = start_run(&stage.octopus);
    let ran = stage.run(&Runbook::new().step(templates(BASH).cleanup()));
    ran.expect_success();
    let left = [format!("Alice King (alice) [runkey {in_progress}]")];
    assert_eq!(stage.keys(), left);
}
