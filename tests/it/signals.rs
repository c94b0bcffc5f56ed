//! Signals: they end waits and requests at once, a key is never left without a word, and the command
//! of a one-command run gets its own.

#[cfg(target_os = "linux")]
mod terminal;

use std::io::{BufRead, BufReader};
use std::thread;
use std::time::{Duration, Instant};

use octopus_sim::{Fault, Gate, Octopus, RUNBOOK_SVC, TaskState};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::proxy::trickling_proxy;
use crate::support::running::{
    Running, in_shell, start, start_command, start_until_line, start_with_signal_before,
    with_default_signals,
};
use crate::support::server::{active_keys, add_key, always, finished_run, requests};
use crate::support::{Outcome, PURPOSE, Runkey, create, delete, use_key};

const SIGNALS: [(Signal, i32); 4] = [
    (Signal::TERM, 143),
    (Signal::INT, 130),
    (Signal::HUP, 129),
    (Signal::QUIT, 131),
];

/// Far more than the 100 ms that are promised, and far less than any wait that the signal must end.
const SOON: Duration = Duration::from_secs(5);

/// Reads standard output to a line with this text.
fn read_until(running: &mut Running, text: &str) {
    let stdout = running.child.stdout.as_mut().unwrap();
    let mut lines = BufReader::with_capacity(1, stdout).lines();
    assert!(lines.any(|line| line.unwrap().contains(text)), "{text}");
}

/// Sends the signal; the step must end soon, with this code.
#[track_caller]
fn assert_ends(running: Running, signal: Signal, code: i32) -> Outcome {
    let start = Instant::now();
    running.signal(signal);
    let run = running.end().expect_code(code);
    assert!(start.elapsed() < SOON, "{:?}: {run:#?}", start.elapsed());
    run
}

/// Every step, the preflight check and a one-command run.
fn steps(octopus: &Octopus) -> Vec<Runkey<'_>> {
    let key = add_key(octopus, PURPOSE);
    vec![
        create(octopus),
        create(octopus).line("--preflight"),
        create(octopus).line("--output octopus -- true"),
        use_key(octopus, &key.secret),
        delete(octopus),
    ]
}

#[test]
fn signal_ends_wait_for_a_retry() {
    for (signal, code) in SIGNALS {
        let octopus = Octopus::start();
        let fault = Fault::TooManyRequests {
            retry_after: Some(600),
        };
        octopus.fault(fault).forever();
        for run in steps(&octopus) {
            let mut running = start(run);
            read_until(&mut running, "Retrying in ");
            assert_ends(running, signal, code);
        }
    }
}

#[test]
fn signal_ends_request_that_is_not_answered() {
    for (signal, code) in SIGNALS {
        let octopus = Octopus::start();
        let gate = Gate::new();
        octopus.fault(Fault::Hold(gate.clone())).forever();
        for (number, run) in steps(&octopus).into_iter().enumerate() {
            // `delete` finishes what it does, for one timeout.
            let running = start(run.line("--timeout 2s --retry-for 10s"));
            gate.wait_for(number + 1);
            assert_ends(running, signal, code);
        }
    }
}

#[test]
fn signal_ends_connect_of_a_proxy() {
    let octopus = Octopus::start();
    for run in steps(&octopus) {
        let proxy = trickling_proxy();
        let running = start(
            run.env("OCTOPUS_URL", "https://octopus.invalid")
                .env("HTTPS_PROXY", format!("http://{}", proxy.address))
                .line("--timeout 2s"),
        );
        while proxy.asked().is_empty() {
            thread::yield_now();
        }
        assert_ends(running, Signal::TERM, 143);
    }
}

#[test]
fn preflight_revokes_its_keys_when_a_signal_comes() {
    for (method, path) in [
        ("POST", "/apikeys"),
        ("GET", "/apikeys"),
        ("DELETE", "/apikeys"),
    ] {
        let octopus = Octopus::start();
        let command = with_default_signals(create(&octopus).line("--preflight --timeout 2s"));
        let running = start_with_signal_before(&octopus, command, (method, path), Signal::TERM);
        let run = running.end().expect_code(143);
        assert_eq!(active_keys(&octopus), [""; 0], "{method}: {run:#?}");
        assert!(run.has("Interrupted by SIGTERM."), "{run:#?}");
    }
}

#[test]
fn create_names_possible_duplicate_of_an_unanswered_post() {
    for (signal, code) in SIGNALS {
        let octopus = Octopus::start();
        let gate = Gate::new();
        octopus
            .fault(Fault::Hold(gate.clone()))
            .on("POST", "/apikeys");
        let running = start(create(&octopus));
        gate.wait_for(1);
        let run = assert_ends(running, signal, code);
        assert_eq!(run.variable("ApiKey"), None);
        let lost = run.variable("ApiKeyIndeterminate").unwrap();
        let named = run
            .error()
            .contains("; a key of run ServerTasks-123 may be active.");
        assert!(named, "{run:#?}");
        // The server goes on, and the delete step finds what it made.
        gate.release();
        while active_keys(&octopus).is_empty() {
            thread::yield_now();
        }
        delete(&octopus)
            .env("RUNKEY_INDETERMINATE", lost)
            .line("--timeout 500ms")
            .run()
            .expect_code(0);
        assert_eq!(active_keys(&octopus), [""; 0]);
    }
}

#[test]
fn create_passes_no_key_on_after_a_signal() {
    for (signal, code) in SIGNALS {
        let octopus = Octopus::start();
        let command = with_default_signals(create(&octopus));
        let post = ("POST", "/apikeys");
        let run = start_with_signal_before(&octopus, command, post, signal).end();
        let run = run.expect_code(code);
        assert_eq!(run.variable("ApiKey"), None);
        let is_named = run.variable("ApiKeyIndeterminate").is_some();
        assert!(is_named || active_keys(&octopus).is_empty(), "{run:#?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn keeps_ignoring_what_nohup_ignores() {
    let octopus = Octopus::start();
    let command = in_shell(create(&octopus), "trap '' HUP; exec \"$@\"");
    let post = ("POST", "/apikeys");
    let running = start_with_signal_before(&octopus, command, post, Signal::HUP);
    running.end().expect_code(0);
    assert_eq!(active_keys(&octopus), [PURPOSE]);

    let run = one_command(&octopus, "echo ready; kill -HUP $PPID $$; exit 3");
    let mut running = start_command(in_shell(run, "trap '' HUP; exec \"$@\""));
    read_until(&mut running, "ready");
    running.signal(Signal::HUP);
    running.end().expect_code(3);
    assert_eq!(active_keys(&octopus), [PURPOSE]);
}

#[test]
fn delete_names_keys_left_when_a_signal_ends_its_wait() {
    for (signal, code) in SIGNALS {
        let octopus = Octopus::start();
        let keys = [add_key(&octopus, PURPOSE).id, add_key(&octopus, PURPOSE).id];
        let busy = Fault::TooManyRequests {
            retry_after: Some(600),
        };
        always(&octopus, "DELETE /apikeys", busy);
        let mut running = start(delete(&octopus).line("-v"));
        read_until(&mut running, "DELETE /api/users/Users-21/apikeys/");
        let run = assert_ends(running, signal, code);
        for id in keys {
            assert!(run.error().contains(&id), "{run:#?}");
        }
        run.expect_text("runkey delete --run-id ServerTasks-123 --owner Users-21");
    }
}

#[test]
fn delete_finishes_its_round() {
    let octopus = Octopus::start();
    let keys = [add_key(&octopus, PURPOSE).id, add_key(&octopus, PURPOSE).id];
    let gate = Gate::new();
    octopus
        .fault(Fault::Hold(gate.clone()))
        .on("DELETE", "/apikeys");
    let running = start(delete(&octopus));
    gate.wait_for(1);
    running.signal(Signal::TERM);
    gate.release();
    let run = running.end();
    assert_eq!(active_keys(&octopus), [""; 0], "{keys:?} {run:#?}");
    assert!(matches!(run.code, 0 | 143), "{run:#?}");
}

#[test]
fn delete_ends_after_one_timeout_and_names_keys_left() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE).id;
    let gate = Gate::new();
    always(&octopus, "DELETE /apikeys", Fault::Hold(gate.clone()));
    let running = start(delete(&octopus).line("--timeout 1s"));
    gate.wait_for(1);
    let run = assert_ends(running, Signal::TERM, 143);
    assert!(run.error().contains(&key), "{run:#?}");
}

/// `runkey create -- sh -c SCRIPT`.
fn one_command<'a>(octopus: &'a Octopus, script: &str) -> Runkey<'a> {
    create(octopus).args(["--", "sh", "-c", script])
}

/// A run whose command's script prints its process ID; it ends with 8 on SIGUSR1.
fn running(octopus: &Octopus, script: &str) -> (Running, Pid) {
    let script = format!("trap 'exit 8' USR1; {script}");
    let (running, line) = start_until_line(one_command(octopus, &script));
    (running, Pid::from_raw(line.parse().unwrap()).unwrap())
}

/// Waits, and ends itself with 7 on any signal that asks it to.
const WAITS: &str =
    "trap 'kill $!; exit 7' TERM HUP INT QUIT; sleep 60 >&- 2>&- & echo ready; wait";
const LOOPS: &str = "echo $$; while :; do sleep 0.05; done";

#[test]
fn signal_to_runkey_alone_reaches_the_command() {
    for (signal, _) in SIGNALS {
        let octopus = Octopus::start();
        let script = format!("trap 'exit 7' TERM HUP INT QUIT; {LOOPS}");
        let (running, _) = start_until_line(one_command(&octopus, &script));
        assert_eq!(active_keys(&octopus).len(), 1);
        assert_ends(running, signal, 7);
        assert_eq!(active_keys(&octopus), [""; 0]);
    }
}

#[test]
fn signal_to_the_whole_group_reaches_the_command() {
    let octopus = Octopus::start();
    let command = in_shell(one_command(&octopus, WAITS), "exec setsid \"$@\"");
    let mut running = start_command(command);
    read_until(&mut running, "ready");
    kill_process_group(running.pid(), Signal::TERM).unwrap();
    running.end().expect_code(7);
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn kills_command_after_the_grace() {
    for signal in [Signal::TERM, Signal::HUP] {
        let octopus = Octopus::start();
        let script = format!("trap '' TERM HUP; {LOOPS}");
        let run = create(&octopus).args(["--grace", "300ms", "--", "sh", "-c", &script]);
        let (running, _) = start_until_line(run);
        let start = Instant::now();
        assert_ends(running, signal, 137);
        assert!(start.elapsed() >= Duration::from_millis(300));
        assert_eq!(active_keys(&octopus), [""; 0]);
    }
    // SIGINT is the command's to heed or not.
    let octopus = Octopus::start();
    let (running, command) = running(&octopus, &format!("trap '' INT; {LOOPS}"));
    running.signal(Signal::INT);
    kill_process(command, Signal::USR1).unwrap();
    running.end().expect_code(8);
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn further_signals_do_not_stop_the_revocation() {
    let octopus = Octopus::start();
    let gate = Gate::new();
    octopus
        .fault(Fault::Hold(gate.clone()))
        .on("DELETE", "/apikeys");
    let (running, _) = running(&octopus, &format!("trap 'exit 7' TERM; {LOOPS}"));
    running.signal(Signal::TERM);
    gate.wait_for(1);
    for (signal, _) in SIGNALS.repeat(3) {
        running.signal(signal);
    }
    gate.release();
    running.end().expect_code(7).expect_text("Revoked");
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn signal_before_the_command_starts_leaves_no_key() {
    for (signal, code) in SIGNALS {
        for request in [("GET", "/users/me"), ("POST", "/apikeys")] {
            let octopus = Octopus::start();
            let command = with_default_signals(one_command(&octopus, "echo ran"));
            let running = start_with_signal_before(&octopus, command, request, signal);
            let run = running.end().expect_code(code);
            assert_eq!(run.stdout, "", "{request:?}");
            assert_eq!(active_keys(&octopus), [""; 0], "{request:?}: {run:#?}");
        }
    }
}

#[test]
fn runkey_killed_outright_leaves_a_key_that_expires() {
    let octopus = Octopus::start();
    let (running, command) = running(&octopus, "echo $$; exec sleep 60");
    running.signal(Signal::KILL);
    let key = octopus.keys(RUNBOOK_SVC)[1].clone();
    assert!(key.expires.unwrap() <= octopus.now() + crate::support::server::HOUR);
    kill_process(command, Signal::KILL).unwrap();
    running.end().expect_code(137);
    assert!(!requests(&octopus).is_empty());
}

/// Before anything is revoked, a signal ends a cleanup; after that, it finishes its round.
#[test]
fn signal_ends_cleanup_before_it_revokes() {
    for arguments in ["--finished", "--all --yes"] {
        for (method, path) in [("GET", "/users/me"), ("GET", "/apikeys")] {
            let octopus = Octopus::start();
            let (_, key) = finished_run(&octopus, TaskState::Canceled);
            let run = delete(&octopus).line(arguments);
            let run = run.without("RUNKEY_RUN_BY").without("RUNKEY_RUN_ID");
            let command = with_default_signals(run);
            let running = start_with_signal_before(&octopus, command, (method, path), Signal::TERM);
            running.end().expect_code(143);
            assert!(octopus.is_active(&key), "{arguments}, {method} {path}");
        }
    }
}
