//! `runkey create` when it is asked to end, or nobody reads what it writes: no key is left behind.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::fs::File;
use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::running::{in_shell, start_command, start_until_line, start_with_signal_before};
use common::{create, live_keys, requests};
use octopus_sim::{Fault, Octopus};
use rustix::process::Signal;

const MAKING: (&str, &str) = ("POST", "/apikeys");

#[test]
fn a_signal_while_the_key_is_made_revokes_it_and_ends_create_as_that_signal_does() {
    for (signal, code) in [
        (Signal::TERM, 143),
        (Signal::INT, 130),
        (Signal::HUP, 129),
        (Signal::QUIT, 131),
    ] {
        let octopus = Octopus::start();
        let running =
            start_with_signal_before(&octopus, create(&octopus).into_command(), MAKING, signal);
        let run = running.end().expect_code(code);
        assert_eq!(
            requests(&octopus)[1..],
            [
                "POST /api/users/Users-21/apikeys",
                "DELETE /api/users/Users-21/apikeys/ID"
            ]
        );
        assert!(live_keys(&octopus).is_empty());
        assert_eq!(run.variable("ApiKey"), None);
        run.expect_text("asked runkey to end")
            .expect_text("The key that was made has been revoked.");
    }
}

#[test]
fn a_signal_while_create_waits_for_the_server_ends_the_waiting() {
    let octopus = Octopus::start();
    let fault = octopus.fault(Fault::TooManyRequests {
        retry_after: Some(60),
    });
    fault.on(MAKING.0, MAKING.1);
    let start = Instant::now();
    let (running, line) = start_until_line(create(&octopus));
    assert_eq!(line, "##octopus[stdout-wait]");
    running.signal(Signal::TERM);
    let run = running.end().expect_code(143);
    assert!(start.elapsed() < Duration::from_secs(30));
    assert!(live_keys(&octopus).is_empty());
    run.expect_text("SIGTERM asked runkey to end.");
}

#[test]
fn a_key_that_may_have_been_made_when_a_signal_came_is_told_of() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::StatusAfterProcessing(503))
        .on(MAKING.0, MAKING.1);
    let running = start_with_signal_before(
        &octopus,
        create(&octopus).into_command(),
        MAKING,
        Signal::TERM,
    );
    let run = running.end().expect_code(143);
    run.expect_text("A key may have been made all the same");
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    let octopus = Octopus::start();
    let command = in_shell(create(&octopus), "trap '' HUP; exec \"$@\"");
    let running = start_with_signal_before(&octopus, command, MAKING, Signal::HUP);
    running.end().expect_code(0);
    assert_eq!(live_keys(&octopus).len(), 1);
}

#[test]
fn a_limit_for_files_leaves_no_key_behind() {
    let octopus = Octopus::start();
    let command = in_shell(create(&octopus), "ulimit -f 0; exec \"$@\" >log");
    let run = start_command(command).end().expect_code(1);
    assert!(live_keys(&octopus).is_empty());
    run.expect_text("has been revoked");
}

/// A pipe that is full, and the end to read from.
fn full_pipe() -> (File, std::io::PipeReader) {
    let (reader, writer) = std::io::pipe().unwrap();
    let full = rustix::io::dup(&writer).unwrap();
    rustix::fs::fcntl_setfl(&full, rustix::fs::OFlags::NONBLOCK).unwrap();
    while rustix::io::write(&full, &[b' '; 512]).is_ok() {}
    rustix::fs::fcntl_setfl(&full, rustix::fs::OFlags::empty()).unwrap();
    (File::from(full), reader)
}

#[test]
fn a_full_pipe_that_nobody_reads_leaves_no_key_behind() {
    for stream in ["standard output", "standard error"] {
        let octopus = Octopus::start();
        let (mut command, folder) = create(&octopus).args(["--timeout", "500ms"]).into_command();
        let (full, _unread) = full_pipe();
        if stream == "standard output" {
            command.stdout(full).stderr(Stdio::piped());
        } else {
            command.stdout(Stdio::piped()).stderr(full);
        }
        let output = command.output().unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stream}: {output:?}");
        assert!(live_keys(&octopus).is_empty(), "{stream}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(
            stream == "standard error" || said.contains("nobody reads it"),
            "{said}"
        );
        assert!(!said.contains("ApiKeyId"), "{said}");
    }
}

#[test]
fn a_reader_that_is_slow_gets_the_whole_key() {
    let octopus = Octopus::start();
    let (full, mut slow) = full_pipe();
    let (mut command, folder) = create(&octopus).into_command();
    let mut child = command.stdout(full).spawn().unwrap();
    // The program has said all that it has to say before there is room for it.
    drop(command);
    let mut text = Vec::new();
    slow.read_to_end(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    std::fs::remove_dir_all(folder).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(text.matches("setVariable").count(), 5);
    assert_eq!(live_keys(&octopus).len(), 1);
}
