//! The command as a child: it has runkey's own standard streams and process group, so that a terminal
//! treats the two as one.

use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use super::RUNKEY_FAILED;
use super::signals::{Received, Signals};

/// How often a child is polled although signals wake: nothing wakes on Windows, and a lost wake-up must
/// not leave a key active.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Runs the command to its end, and returns its exit code; 128 + n if the signal n ended it. What the
/// command started in the background may continue.
///
/// The first signal that was sent to runkey alone is passed on. After SIGTERM or SIGHUP the command then
/// has `grace` before it is killed.
///
/// # Errors
/// When it could not be started.
pub fn run(command: &mut Command, signals: &Signals, grace: Duration) -> std::io::Result<i32> {
    let mut child = command.spawn()?;
    let mut is_passed_on = false;
    let mut kill_at: Option<Instant> = None;
    loop {
        // First the signals: looking for them also notes the end of a child.
        while let Some(received) = signals.take_received() {
            if !is_passed_on && is_for_runkey_alone(&received) {
                is_passed_on = true;
                system::send(&child, received.signal);
                if system::must_end(received.signal) {
                    // A grace too long to add is without end.
                    kill_at = Instant::now().checked_add(grace);
                }
            }
        }
        match child.try_wait() {
            Ok(Some(status)) => return Ok(exit_code(status)),
            Ok(None) => {}
            // Another process has waited for it: it has ended, and its exit code is lost.
            Err(_) => return Ok(i32::from(RUNKEY_FAILED)),
        }
        let now = Instant::now();
        if kill_at.is_some_and(|at| at <= now) {
            kill_at = None;
            // A command that may not be sent a signal, such as sudo's, ends on its own.
            let _ = child.kill();
        }
        let left = kill_at.map(|at| at.saturating_duration_since(now));
        signals.wait(Some(left.map_or(LOOK_EVERY, |left| left.min(LOOK_EVERY))));
    }
}

/// Returns whether the command did not get the signal already. What is typed at a terminal (Ctrl-C,
/// Ctrl-\, closing it) goes to the whole foreground process group, and the kernel is its sender; `kill`
/// is a process.
fn is_for_runkey_alone(received: &Received) -> bool {
    !received.is_from_terminal || system::must_end(received.signal)
}

#[cfg(unix)]
fn exit_code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    let by_signal = status.signal().map(super::signals::exit_code);
    status
        .code()
        .or(by_signal)
        .unwrap_or(i32::from(RUNKEY_FAILED))
}

#[cfg(windows)]
fn exit_code(status: ExitStatus) -> i32 {
    status.code().unwrap_or(i32::from(RUNKEY_FAILED))
}

#[cfg(unix)]
mod system {
    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGTERM};

    use super::Child;

    /// Sends a signal to a child that was not waited for, so that its ID is no other's.
    pub fn send(child: &Child, signal: i32) {
        if let Some(signal) = Signal::from_named_raw(signal) {
            let _ = kill_process(Pid::from_child(child), signal);
        }
    }

    /// Returns whether the command is killed if it outlives the signal.
    pub fn must_end(signal: i32) -> bool {
        matches!(signal, SIGTERM | SIGHUP)
    }
}

#[cfg(windows)]
mod system {
    use super::Child;

    /// A console sends Ctrl-C to the command too.
    pub fn send(_child: &Child, _signal: i32) {}

    pub fn must_end(_signal: i32) -> bool {
        false
    }
}
