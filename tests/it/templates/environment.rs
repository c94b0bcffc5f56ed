//! A worker's own environment changes nothing, and shows nothing.

use octopus_sim::worker::{Syntax, Worker};

use crate::support::steps::{BASH, CREATE, DELETE, POWERSHELL, Shell, Stage, templates};

/// What an administrator may have set for every process of a worker.
const VARIABLES: [(&str, &str); 9] = [
    ("RUNKEY_DRY_RUN", "true"),
    ("RUNKEY_PREFLIGHT", "true"),
    ("RUNKEY_OUTPUT", "json"),
    ("RUNKEY_RUN_ID", "other"),
    ("RUNKEY_OWNER", "Users-3"),
    ("RUNKEY_NO_CHECK", "true"),
    ("RUNKEY_QUIET", "true"),
    ("OCTOPUS_URL", "https://other.example"),
    ("OCTOPUS_ACCESS_TOKEN", "other"),
];

#[track_caller]
fn assert_is_ignored(shell: Shell) {
    let mut stage = Stage::new();
    for (name, value) in VARIABLES {
        stage.worker = stage.worker.env(name, value);
    }
    let ran = stage.run(&templates(shell).around("exit 0"));
    ran.expect_success();
    let purpose = format!("Alice King (alice) [runkey {}]", ran.id);
    assert_eq!(
        ran.step(CREATE).output("ApiKeyPurpose"),
        Some(purpose.as_str())
    );
    assert!(ran.says(DELETE, "Revoked API key "));
    assert_eq!(stage.keys(), [""; 0]);
}

#[test]
fn variables_of_the_worker_change_nothing_in_bash() {
    assert_is_ignored(BASH);
}

#[test]
fn variables_of_the_worker_change_nothing_in_powershell() {
    if Worker::has(Syntax::PowerShell) {
        assert_is_ignored(POWERSHELL);
    }
}

/// Each run fails if its log shows a secret.
#[test]
fn traced_script_shows_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.sh");
    std::fs::write(&trace, "set -xv\nexport PS4='+ $BASH_COMMAND '\n").unwrap();
    for (name, value) in [
        ("SHELLOPTS", "xtrace"),
        ("SHELLOPTS", "verbose:xtrace"),
        ("BASH_ENV", trace.to_str().unwrap()),
    ] {
        let mut stage = Stage::new();
        stage.worker = stage.worker.env(name, value);
        let ran = stage.run(&templates(BASH).around("echo Done"));
        ran.expect_success();
        assert!(
            ran.says(CREATE, "runkey_find_program"),
            "{name} traces nothing"
        );
        assert_eq!(stage.keys(), [""; 0]);
    }
}
