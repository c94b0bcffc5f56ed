//! A whole run: what is logged, what is passed on, and what is left.

use std::path::Path;

use octopus_sim::TaskState;
use octopus_sim::worker::service_message::{Dialect, Reader};
use octopus_sim::worker::{Runbook, Syntax, Worker};

use crate::support::masked;
use crate::support::server::{finished_run, start_run};
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

/// Runs the three steps. Fails unless nothing was stored, the key was passed on as a secret, and revoked.
#[track_caller]
fn assert_stores_nothing(shell: Shell, work: &str) {
    let stage = Stage::new();
    let ran = stage.run(&templates(shell).around(work));
    ran.expect_success();
    assert!(ran.step(CREATE).outputs["ApiKey"].sensitive);
    assert_eq!(stage.keys(), [""; 0]);
    let service_key = Some(stage.octopus.service_key());
    let requests = stage.octopus.requests();
    let mut keys = requests
        .iter()
        .map(|request| request.header("X-Octopus-ApiKey"));
    assert!(keys.all(|key| key != service_key));
    assert_logs(&stage, &ran);
}

fn assert_logs(stage: &Stage, ran: &Ran) {
    let log = |step| masked(&stage.octopus, &ran.log(step));
    insta::allow_duplicates! {
    insta::assert_snapshot!(log(CREATE), @r##"
    Verbose | The package 'RunKey.Create.Package' was not acquired.
    Verbose | GET /.well-known/openid-configuration: 200 (N ms)
    Verbose | POST /token/v1: 200 (N ms)
    Verbose | GET /api/users/me: 200 (N ms)
    Verbose | POST /api/users/Users-21/apikeys: 200 (N ms)
    Highlight | Created API key apikeys-N for "Alice King (alice)", run ServerTasks-1. Expires in 1h, at TIME.
    "##);
    insta::assert_snapshot!(log(USE), @r#"
    Verbose | The package 'RunKey.Use.Package' was not acquired.
    Verbose | GET /api/users/Users-21/apikeys/apikeys-N: 200 (N ms)
    Info | Checked API key apikeys-N of "Alice King (alice)": valid until TIME.
    Info | In Spaces-1
    "#);
    insta::assert_snapshot!(log(DELETE), @r#"
    Verbose | The package 'RunKey.Delete.Package' was not acquired.
    Verbose | GET /.well-known/openid-configuration: 200 (N ms)
    Verbose | POST /token/v1: 200 (N ms)
    Verbose | GET /api/users/Users-21/apikeys: 200 (N ms)
    Verbose | DELETE /api/users/Users-21/apikeys/apikeys-N: 200 (N ms)
    Verbose | GET /api/users/Users-21/apikeys: 200 (N ms)
    Highlight | Revoked API key apikeys-N of "Alice King (alice)".
    Verbose | GET /api/events: 200 (N ms)
    Verbose | GET /api/tasks/ServerTasks-1: 200 (N ms)
    Verbose | GET /api/Spaces-1/runbookRuns/RunbookRuns-1: 200 (N ms)
    Highlight | Changes made with the run key of run ServerTasks-1: none.
    Highlight | Octopus confirms that 'alice' started the run.
    "#);
    }
}

#[test]
fn stores_nothing_from_create_to_delete() {
    assert_stores_nothing(BASH, "echo \"In $OCTOPUS_SPACE\"");
}

#[test]
fn does_the_same_in_powershell() {
    if let Some(shell) = powershell() {
        assert_stores_nothing(shell, "\"In $env:OCTOPUS_SPACE\"");
    }
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
    let stage = Stage::new();
    finished_run(&stage.octopus, TaskState::Canceled);
    let (in_progress, _) = start_run(&stage.octopus);
    let ran = stage.run(&Runbook::new().step(templates(BASH).cleanup()));
    ran.expect_success();
    let left = [format!("Alice King (alice) [runkey {in_progress}]")];
    assert_eq!(stage.keys(), left);
}
