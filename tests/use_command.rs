//! `runkey use -- COMMAND`: runkey becomes COMMAND, and COMMAND sees what it should.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Output, Stdio};

use common::{PURPOSE, Runkey, add_live_key, use_key};
use octopus_sim::Octopus;
use rustix::process::{Pid, Signal, kill_process};

/// `runkey use` with a key that works.
fn with_live_key(octopus: &Octopus) -> Runkey<'_> {
    use_key(octopus, &add_live_key(octopus, PURPOSE).secret).args(["--output", "text"])
}

/// What the command did, seen without the harness, which refuses outputs that hold the key.
fn output(run: Runkey<'_>) -> Output {
    let (mut command, folder) = run.into_command();
    let output = command.output().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

/// Starts the shell script through runkey and waits for its first line.
fn start(octopus: &Octopus, script: &str) -> (Child, String) {
    let (mut command, folder) = with_live_key(octopus)
        .args(["--", "sh", "-c", script])
        .into_command();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    (child, line.trim_end().to_owned())
}

/// The environment that the command sees.
fn environment(run: Runkey<'_>) -> BTreeMap<String, String> {
    let output = output(run.args(["--", "env"]));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| line.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The variables by which Octopus's tools find the server and the key, and no other credential.
fn under_every_name(url: &str, key: &str) -> BTreeMap<String, String> {
    let variables = [
        ("OCTOPUS_URL", url),
        ("OCTOPUS_SERVER_URL", url),
        ("OCTOPUS_CLI_SERVER", url),
        ("CLI_SERVER_URL", url),
        ("OCTOPUS_API_KEY", key),
        ("OCTOPUS_APIKEY", key),
        ("OCTOPUS_CLI_API_KEY", key),
        ("OCTOPUS_ACCESS_TOKEN", ""),
        ("OCTOPUS_CLI_USERNAME", ""),
        ("OCTOPUS_CLI_PASSWORD", ""),
    ];
    variables
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

#[test]
fn the_command_takes_over_the_process() {
    let octopus = Octopus::start();
    let (mut child, printed) = start(&octopus, "echo $$");
    assert_eq!(printed, child.id().to_string());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_signal_reaches_the_command() {
    let octopus = Octopus::start();
    let (mut child, _) = start(
        &octopus,
        "trap 'kill $!; exit 7' TERM; sleep 60 & echo ready; wait",
    );
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(7));
}

#[test]
fn a_command_that_dies_by_a_signal_is_seen_to() {
    let octopus = Octopus::start();
    let (mut child, _) = start(&octopus, "echo ready; kill -TERM $$");
    assert_eq!(child.wait().unwrap().signal(), Some(Signal::TERM.as_raw()));
}

#[test]
fn standard_input_is_the_commands() {
    let octopus = Octopus::start();
    let run = with_live_key(&octopus)
        .input("one\ntwo\n")
        .args(["--", "cat"])
        .run()
        .expect_code(0);
    assert_eq!(run.stdout, "one\ntwo\n");
}

#[test]
fn arguments_reach_the_command_untouched() {
    let octopus = Octopus::start();
    let arguments: [&[u8]; 9] = [
        b"two words",
        b"'single' \"double\"",
        b"",
        b"$HOME `id` *",
        b"\xff\xfe no UTF-8",
        b"line\nbreak",
        b"--verbose",
        b"--",
        "Zo\u{eb}".as_bytes(),
    ];
    let run = with_live_key(&octopus)
        .args(["--", "sh", "-c", "printf '%s\\0' \"$@\"", "sh"])
        .args(arguments.map(OsStr::from_bytes));
    let mut expected = arguments.join(&0);
    expected.push(0);
    assert_eq!(output(run).stdout, expected);
}

#[test]
fn the_commands_exit_code_is_runkeys() {
    let octopus = Octopus::start();
    for code in [0, 1, 2, 42, 125, 255] {
        with_live_key(&octopus)
            .args(["--", "sh", "-c", &format!("exit {code}")])
            .run()
            .expect_code(code);
    }
}

#[test]
fn a_command_that_cannot_be_run_is_126() {
    let octopus = Octopus::start();
    for command in ["./not-executable", "./"] {
        with_live_key(&octopus)
            .file("not-executable", "#!/bin/sh\n")
            .args(["--", command])
            .run()
            .expect_code(126)
            .expect_text(&format!("The command '{command}' cannot be run"));
    }
}

#[test]
fn a_command_that_is_not_there_is_127() {
    let octopus = Octopus::start();
    for command in ["no-such-command", "./no-such-file", ""] {
        with_live_key(&octopus)
            .args(["--", command])
            .run()
            .expect_code(127)
            .expect_text(&format!("The command '{command}' was not found."));
    }
}

#[test]
fn the_command_sees_the_key_and_the_server_and_nothing_of_runkeys() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE).secret;
    let run = || {
        use_key(&octopus, &key)
            .env("OCTOPUS_URL", format!("{}/api/", octopus.url()))
            .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token())
            .env("RUNKEY_OUTPUT", "text")
            .env("RUNKEY_OF_A_LATER_VERSION", "1")
            .env("KEPT", "as it was")
            .env("EMPTY", "")
    };
    let path = std::env::var("PATH").unwrap();
    let mut expected = under_every_name(octopus.url(), &key);
    for (name, value) in [
        ("PATH", path.as_str()),
        ("KEPT", "as it was"),
        ("EMPTY", ""),
    ] {
        expected.insert(name.to_owned(), value.to_owned());
    }
    assert_eq!(environment(run()), expected);
    assert_eq!(environment(run().args(["--no-check"])), expected);

    expected.insert("OCTOPUS_SPACE".into(), "Spaces-1".into());
    assert_eq!(environment(run().args(["--space", "Spaces-1"])), expected);
    assert_eq!(
        environment(run().env("OCTOPUS_SPACE", "Spaces-1")),
        expected
    );
}

#[test]
fn a_runkey_variable_is_removed_whatever_bytes_its_name_has() {
    let octopus = Octopus::start();
    let (mut command, folder) = with_live_key(&octopus).args(["--", "env"]).into_command();
    let output = command
        .env(OsStr::from_bytes(b"RUNKEY_\xff"), "1")
        .output()
        .unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert!(output.status.success());
    let names = String::from_utf8_lossy(&output.stdout);
    assert!(!names.contains("RUNKEY_"), "{names}");
}

#[test]
fn what_comes_from_an_env_file_is_runkeys_and_not_the_commands() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE).secret;
    let file = format!(
        "OTHER_SECRET=hush\nOCTOPUS_API_KEY={key}\nOCTOPUS_URL={}\nOCTOPUS_SPACE=Spaces-7\nKEPT=x\n",
        octopus.url()
    );
    let seen = environment(
        with_live_key(&octopus)
            .without("OCTOPUS_API_KEY")
            .without("OCTOPUS_URL")
            .env("KEPT", "as it was")
            .file(".env", &file),
    );
    let mut expected = under_every_name(octopus.url(), &key);
    for (name, value) in [
        ("PATH", std::env::var("PATH").unwrap().as_str()),
        ("KEPT", "as it was"),
        ("OCTOPUS_SPACE", "Spaces-7"),
    ] {
        expected.insert(name.to_owned(), value.to_owned());
    }
    assert_eq!(seen, expected);
}

#[test]
fn a_key_that_fails_its_check_is_handed_to_no_command() {
    let octopus = Octopus::start();
    let (mut command, folder) = use_key(&octopus, octopus.service_key())
        .args(["--owner", "runbook-alice", "--", "touch", "ran"])
        .into_command();
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(125), "{output:?}");
    assert!(!folder.join("ran").exists());
    std::fs::remove_dir_all(folder).unwrap();
}
