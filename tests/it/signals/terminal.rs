//! At a terminal: what is typed arrives once, and a command that takes the terminal stops nothing.

use octopus_sim::Octopus;
use rustix::process::Signal;

use super::one_command;
use crate::support::server::{active_keys, add_key, left};
use crate::support::{PURPOSE, delete, terminal};

/// Only the first signal that was sent to runkey alone is passed on. SIGTERM arrives, so the signal
/// before it was not passed on.
#[test]
fn key_press_reaches_the_command_once() {
    for (key, signal) in [("\u{3}", "INT"), ("\u{1C}", "QUIT")] {
        let octopus = Octopus::start();
        let script = format!(
            "n=0; trap 'n=$((n+1)); echo pressed' {signal}; trap 'echo count $n; exit 7' TERM; \
             echo ready; i=0; while [ $i -lt 200 ]; do i=$((i+1)); sleep 0.05; done"
        );
        let mut terminal = terminal::start(one_command(&octopus, &script));
        terminal.read_until("ready");
        terminal.press(key);
        terminal.read_until("pressed");
        terminal.running.signal(Signal::TERM);
        let run = terminal.end().expect_code(7);
        assert!(run.stdout.contains("count 1"), "{run:#?}");
        assert_eq!(active_keys(&octopus), [""; 0]);
    }
}

/// The command lets another process group have the terminal, which then stops those that write to it.
#[test]
fn command_that_takes_the_terminal_stops_nothing() {
    let octopus = Octopus::start();
    let taken = "set -m; stty tostop; sh -c 'kill -KILL $PPID; sleep 60'; :";
    let run = crate::support::create(&octopus).args(["--", "bash", "-c", taken]);
    terminal::start(run).end().expect_code(137);
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn only_yes_revokes_every_key() {
    for (keys, code, is_revoked) in [
        ("yes\n", 0, true),
        ("y\n", 1, false),
        ("\u{4}", 1, false),
        ("\u{3}", 130, false),
        ("\u{1C}", 131, false),
    ] {
        let octopus = Octopus::start();
        add_key(&octopus, PURPOSE);
        let run = delete(&octopus).line("--all");
        let run = run.without("RUNKEY_RUN_BY").without("RUNKEY_RUN_ID");
        let mut terminal = terminal::start(run);
        terminal.read_until("Type yes:");
        terminal.press(keys);
        let run = terminal.end().expect_code(code);
        assert_eq!(left(&octopus).is_empty(), is_revoked, "{keys:?}: {run:#?}");
    }
}
