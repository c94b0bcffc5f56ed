//! `runkey create` when nobody receives the key.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{create, requests};
use octopus_sim::{Octopus, RUNBOOK_SVC};

#[cfg(target_os = "linux")]
#[test]
fn a_key_that_could_not_be_handed_over_is_revoked_at_once() {
    let octopus = Octopus::start();
    let before = octopus.keys(RUNBOOK_SVC).len();
    let (mut command, folder) = create(&octopus).into_command();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = command.stdout(full).output().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        requests(&octopus)[2..],
        ["DELETE /api/users/Users-21/apikeys/ID"]
    );
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), before);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("could not be handed over") && stderr.contains("has been revoked"),
        "{stderr}"
    );
}

#[test]
fn nothing_is_made_when_standard_output_is_closed() {
    let octopus = Octopus::start();
    let (command, folder) = create(&octopus).into_command();
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", "exec \"$0\" create >&-", common::program()])
        .env_clear()
        .current_dir(&folder);
    shell.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = shell.output().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(requests(&octopus), [""; 0]);
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("nobody would receive the key")
    );
}
