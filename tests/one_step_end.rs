//! `runkey create -- COMMAND`: however COMMAND ends, and whatever comes between, no key lives on
//! without a word.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::fs;
use std::time::{Duration, Instant};

use common::running::{
    Running, in_shell, start, start_command, start_until_line, start_with_signal_before,
};
use common::{Outcome, Runkey, create, live_keys, requests};
use jiff::SignedDuration;
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// `runkey create -- sh -c SCRIPT`.
fn one_step<'a>(octopus: &'a Octopus, script: &str) -> Runkey<'a> {
    create(octopus).args(["--", "sh", "-c", script])
}

/// A run whose COMMAND, a shell with this script, has printed its process id.
fn running(octopus: &Octopus, script: &str) -> (Running, Pid) {
    let script = format!("trap 'exit 8' USR1; echo $$; {script}");
    let (running, line) = start_until_line(one_step(octopus, &script));
    (running, Pid::from_raw(line.parse().unwrap()).unwrap())
}

#[test]
fn a_command_that_is_killed_leaves_no_key() {
    let octopus = Octopus::start();
    for (signal, code) in [(Signal::KILL, 137), (Signal::SEGV, 139)] {
        let (running, command) = running(&octopus, "exec sleep 60");
        kill_process(command, signal).unwrap();
        running.end().expect_code(code);
        assert!(live_keys(&octopus).is_empty());
    }
}

#[test]
fn a_command_that_stops_and_goes_on_is_waited_for() {
    let octopus = Octopus::start();
    let (running, command) = running(&octopus, "kill -STOP $$; exit 5");
    // It is stopped as soon as the system says so.
    let state = || fs::read_to_string(format!("/proc/{}/stat", command.as_raw_nonzero())).unwrap();
    while !state().contains(") T ") {
        std::thread::yield_now();
    }
    assert_eq!(live_keys(&octopus).len(), 1);
    kill_process(command, Signal::CONT).unwrap();
    running.end().expect_code(5);
    assert!(live_keys(&octopus).is_empty());
}

#[test]
fn children_of_the_command_that_hold_its_pipes_are_not_waited_for() {
    let octopus = Octopus::start();
    let (mut running, left_behind) =
        start_until_line(one_step(&octopus, "sleep 60 & echo $!; exit 4"));
    assert_eq!(running.child.wait().unwrap().code(), Some(4));
    assert!(live_keys(&octopus).is_empty());
    let left_behind = Pid::from_raw(left_behind.parse().unwrap()).unwrap();
    kill_process(left_behind, Signal::KILL).unwrap();
    running.end();
}

#[test]
fn a_command_that_closes_its_outputs_is_a_command_like_any_other() {
    let octopus = Octopus::start();
    let run = one_step(&octopus, "exec >&- 2>&-; exit 6").run();
    run.expect_code(6).expect_text("Revoked the key");
    assert!(live_keys(&octopus).is_empty());
}

#[test]
fn sigterm_is_passed_on_and_the_command_may_end_in_its_own_way() {
    let octopus = Octopus::start();
    for signal in [Signal::TERM, Signal::HUP] {
        let script = "trap 'kill $!; exit 7' TERM HUP; sleep 60 >&- 2>&- & echo ready; wait";
        let (running, _) = start_until_line(one_step(&octopus, script));
        running.signal(signal);
        running.end().expect_code(7);
        assert!(live_keys(&octopus).is_empty());
    }
}

#[test]
fn a_command_that_does_not_end_is_killed_after_the_grace() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .args(["--grace", "300ms", "--", "sh", "-c"])
        .args(["trap '' TERM; echo ready; while :; do sleep 0.05; done"]);
    let (running, _) = start_until_line(run);
    let start = Instant::now();
    running.signal(Signal::TERM);
    running.end().expect_code(137);
    assert!(
        start.elapsed() >= Duration::from_millis(500),
        "pause and grace"
    );
    assert!(live_keys(&octopus).is_empty());
}

#[test]
fn sigint_and_sigquit_are_the_commands_alone() {
    let octopus = Octopus::start();
    for signal in [Signal::INT, Signal::QUIT] {
        let (running, command) = running(&octopus, "while :; do sleep 0.05; done");
        running.signal(signal);
        running.signal(signal);
        assert_eq!(live_keys(&octopus).len(), 1);
        kill_process(command, Signal::USR1).unwrap();
        running.end().expect_code(8);
        assert!(live_keys(&octopus).is_empty());
    }
}

#[test]
fn a_signal_to_the_whole_group_reaches_the_command_once() {
    let octopus = Octopus::start();
    let script = "trap 'echo once >&2; kill $!; exit 9' TERM; sleep 60 >&- 2>&- & echo ready; wait";
    let (command, folder) = in_shell(one_step(&octopus, script), "exec setsid \"$@\"");
    let mut running = start_command((command, folder));
    let mut line = [0; 6];
    std::io::Read::read_exact(running.child.stdout.as_mut().unwrap(), &mut line).unwrap();
    kill_process_group(running.pid(), Signal::TERM).unwrap();
    let run = running.end().expect_code(9);
    assert_eq!(run.stderr.matches("once\n").count(), 1, "{run:#?}");
    assert!(live_keys(&octopus).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_hang_up_under_nohup_changes_nothing() {
    let octopus = Octopus::start();
    let run = one_step(&octopus, "echo ready; kill -HUP $PPID $$; exit 3");
    let mut running = start_command(in_shell(run, "trap '' HUP; exec \"$@\""));
    let mut line = [0; 6];
    std::io::Read::read_exact(running.child.stdout.as_mut().unwrap(), &mut line).unwrap();
    running.signal(Signal::HUP);
    running.end().expect_code(3);
    assert!(live_keys(&octopus).is_empty());
}

#[test]
fn a_signal_before_the_command_starts_leaves_no_key_and_no_command() {
    for (signal, code) in [
        (Signal::TERM, 143),
        (Signal::INT, 130),
        (Signal::HUP, 129),
        (Signal::QUIT, 131),
    ] {
        for request in [("GET", "/users/me"), ("POST", "/apikeys")] {
            let octopus = Octopus::start();
            let command = one_step(&octopus, "echo ran").into_command();
            let running = start_with_signal_before(&octopus, command, request, signal);
            let run = running.end().expect_code(code);
            assert_eq!(run.stdout, "", "{request:?}");
            assert!(live_keys(&octopus).is_empty(), "{request:?}");
        }
    }
}

#[test]
fn a_key_of_a_lost_answer_is_found_and_revoked_too() {
    for (fault, code) in [
        (Fault::ResetAfterProcessing, 0),
        (Fault::StatusAfterProcessing(503), 0),
        (Fault::Truncated, 0),
    ] {
        let octopus = Octopus::start();
        octopus.fault(fault.clone()).on("POST", "/apikeys");
        one_step(&octopus, "exit 0").run().expect_code(code);
        assert!(live_keys(&octopus).is_empty(), "{fault}");
        assert_eq!(octopus.events().len(), 4, "{fault}: two keys were made");
    }
}

#[test]
fn a_key_that_was_made_unseen_when_create_gave_up_is_revoked() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::StatusAfterProcessing(503))
        .on("POST", "/apikeys")
        .forever();
    let run = create(&octopus).args(["--retry-for", "1s", "--", "true"]);
    run.run()
        .expect_code(125)
        .expect_text("Cannot create the key");
    assert!(live_keys(&octopus).is_empty());
}

#[test]
fn a_server_that_is_away_at_the_end_is_waited_for() {
    let octopus = Octopus::start();
    let away = octopus.fault(Fault::Status(503)).on("DELETE", "/apikeys");
    away.times(3);
    one_step(&octopus, "exit 2").run().expect_code(2);
    assert!(live_keys(&octopus).is_empty());
}

#[test]
fn a_key_that_lives_on_is_told_of_with_its_expiry_and_125() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::Status(503))
        .on("DELETE", "/apikeys")
        .forever();
    let run = create(&octopus).args(["--retry-for", "500ms", "--", "sh", "-c", "exit 2"]);
    let run = run.run().expect_code(125);
    let key = &octopus.keys(RUNBOOK_SVC)[1];
    run.expect_text(&format!(
        "The key {} could not be revoked, and it expires by itself at",
        key.id
    ))
    .expect_text("COMMAND's own exit code was 2.");
}

#[test]
fn a_second_signal_while_the_key_is_revoked_does_not_leave_it_without_a_word() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::TooManyRequests {
            retry_after: Some(100),
        })
        .on("DELETE", "/apikeys")
        .forever();
    let run = create(&octopus).args(["--output", "octopus", "--", "true"]);
    let mut running = start(run);
    let mut said = String::new();
    let mut reader = std::io::BufReader::with_capacity(1, running.child.stdout.as_mut().unwrap());
    while !said.contains("Waiting:") {
        std::io::BufRead::read_line(&mut reader, &mut said).unwrap();
    }
    running.signal(Signal::TERM);
    let run = running.end().expect_code(125);
    assert!(run.stderr.contains("could not be revoked"), "{run:#?}");
    assert!(run.stderr.contains("expires by itself at"), "{run:#?}");
}

#[test]
fn a_key_that_expired_while_the_command_ran_is_said_to() {
    let octopus = Octopus::start();
    let (running, command) = running(&octopus, "while :; do sleep 0.05; done");
    octopus.advance_clock(SignedDuration::from_hours(2));
    kill_process(command, Signal::USR1).unwrap();
    running
        .end()
        .expect_code(8)
        .expect_text("expired by itself before it was revoked");
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}

/// What comes of a run with an access token, if COMMAND takes 90 minutes: the token lives for one hour.
fn with_an_access_token(octopus: &Octopus, expires_in: &str) -> Outcome {
    let run = create(octopus)
        .without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token())
        .args(["--expires-in", expires_in, "--", "sh", "-c"])
        .args(["trap 'exit 1' USR1; echo $$; while :; do sleep 0.05; done"]);
    let (running, line) = start_until_line(run);
    octopus.forget_requests();
    octopus.advance_clock(SignedDuration::from_mins(90));
    let command = Pid::from_raw(line.parse().unwrap()).unwrap();
    kill_process(command, Signal::USR1).unwrap();
    running.end()
}

#[test]
fn a_key_revokes_itself_when_the_token_that_made_it_is_over() {
    let octopus = Octopus::start();
    let run = with_an_access_token(&octopus, "3h");
    run.expect_code(1).expect_text("the key revoked itself");
    assert!(live_keys(&octopus).is_empty());
    assert_eq!(
        requests(&octopus),
        [
            "DELETE /api/users/Users-21/apikeys/ID",
            "DELETE /api/users/Users-21/apikeys/ID",
            "GET /api/users/Users-21/apikeys/ID",
        ]
    );
}

#[test]
fn a_key_and_a_token_that_are_both_over_are_no_failure() {
    let octopus = Octopus::start();
    let run = with_an_access_token(&octopus, "1h");
    run.expect_code(1).expect_text("both are over");
    assert!(live_keys(&octopus).is_empty());
}

#[test]
fn runkey_killed_outright_leaves_a_key_that_expires_by_itself() {
    let octopus = Octopus::start();
    let (running, command) = running(&octopus, "exec sleep 60");
    running.signal(Signal::KILL);
    let key = octopus.keys(RUNBOOK_SVC)[1].clone();
    assert!(key.expires.unwrap() <= octopus.now() + SignedDuration::from_hours(1));
    kill_process(command, Signal::KILL).unwrap();
    running.end().expect_code(137);
    octopus.advance_clock(SignedDuration::from_hours(1));
    assert!(live_keys(&octopus).is_empty());
    common::delete(&octopus)
        .without("RUNKEY_RUN_BY")
        .without("RUNKEY_RUN_ID")
        .args(["--expired"])
        .run();
}
