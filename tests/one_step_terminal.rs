//! `runkey create -- COMMAND` in a terminal, which `script` of util-linux makes.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use common::{create, live_keys, program};
use octopus_sim::Octopus;

/// Runs `runkey create -- sh -c SCRIPT` in a terminal, types `keys` when the line `ready` is shown,
/// and gives the exit code and what the terminal showed from then on.
fn in_terminal(octopus: &Octopus, script: &str, keys: &str) -> (Option<i32>, String) {
    let (command, folder) = create(octopus).into_command();
    let line = format!("exec '{}' create -- sh -c \"$SCRIPT\"", program());
    let mut terminal = Command::new("script");
    let variables = command.get_envs();
    terminal
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .env_clear()
        .envs(variables.filter_map(|(name, value)| Some((name, value?))))
        .env("SCRIPT", script)
        .env("SHELL", "/bin/sh")
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = terminal.spawn().unwrap();
    let mut shown = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    while !first.ends_with("ready\r\n") {
        assert_ne!(shown.read_line(&mut first).unwrap(), 0, "{first}");
    }
    let mut keyboard = child.stdin.take().unwrap();
    keyboard.write_all(keys.as_bytes()).unwrap();
    let mut rest = String::new();
    shown.read_to_string(&mut rest).unwrap();
    let code = child.wait().unwrap().code();
    std::fs::remove_dir_all(folder).unwrap();
    (code, rest)
}

#[test]
fn a_command_has_the_terminal_to_itself() {
    let octopus = Octopus::start();
    let script = "test -t 0 && test -t 1 && test -t 2 || exit 9; echo ready; read -r name; echo \"Hello $name\"; exit 3";
    let (code, shown) = in_terminal(&octopus, script, "Alice\n");
    assert_eq!(code, Some(3), "{shown}");
    assert!(shown.contains("Hello Alice\r\n"), "{shown}");
    assert!(live_keys(&octopus).is_empty());
}

#[test]
fn ctrl_c_is_the_commands() {
    let octopus = Octopus::start();
    let script = "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.05; done";
    let (code, shown) = in_terminal(&octopus, script, "\u{3}");
    assert_eq!(code, Some(5), "{shown}");
    assert_eq!(shown.matches("caught").count(), 1, "{shown}");
    assert!(live_keys(&octopus).is_empty());
}

#[test]
fn ctrl_c_that_ends_the_command_ends_the_run() {
    let octopus = Octopus::start();
    let script = "echo ready; exec sleep 60";
    let (code, shown) = in_terminal(&octopus, script, "\u{3}");
    assert_eq!(code, Some(130), "{shown}");
    assert!(shown.contains("Revoked the key"), "{shown}");
    assert!(live_keys(&octopus).is_empty());
}

#[test]
fn ctrl_backslash_is_the_commands_too() {
    let octopus = Octopus::start();
    let script = "echo ready; exec sleep 60";
    let (code, shown) = in_terminal(&octopus, script, "\u{1c}");
    assert_eq!(code, Some(131), "{shown}");
    assert!(live_keys(&octopus).is_empty());
}
