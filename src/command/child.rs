//! COMMAND as a child: it has runkey's own standard streams and process group, so that a terminal
//! treats the two as one.

use std::ffi::OsStr;
use std::process::Command;
#[cfg(unix)]
use std::process::{Child, ExitStatus};
use std::time::Duration;
#[cfg(unix)]
use std::time::Instant;

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process};
#[cfg(unix)]
use signal_hook::consts::signal::{SIGHUP, SIGTERM};

use super::{NotRun, not_run};
use crate::signals::Signals;

/// A signal to the whole process group reaches COMMAND by itself, and ends most of them: only one
/// that still runs after this time is sent it by us.
#[cfg(unix)]
const PAUSE: Duration = Duration::from_millis(200);

/// Runs COMMAND to its end, which `signals` must tell of, and gives its exit code; 128 + n if the
/// signal n ended it. Whatever COMMAND started may go on.
///
/// SIGTERM and SIGHUP are passed on, and COMMAND then has `grace` before it is killed; SIGINT and
/// SIGQUIT come from a terminal, which sends them to COMMAND too.
///
/// # Errors
/// When it could not be started.
#[cfg(unix)]
pub fn run(
    mut command: Command,
    program: &OsStr,
    signals: &Signals,
    grace: Duration,
) -> Result<i32, NotRun> {
    let mut child = command.spawn().map_err(|error| not_run(program, &error))?;
    let pid = Pid::from_child(&child);
    let mut next: Option<Next> = None;
    loop {
        if let Some(status) = end_of(&mut child) {
            return Ok(exit_code(status));
        }
        if let Some(signal) = signals.take()
            && matches!(signal, SIGTERM | SIGHUP)
            && next.is_none()
        {
            next = Some(Next {
                when: Instant::now() + PAUSE,
                what: What::PassOn(signal),
            });
        }
        if let Some(due) = &next
            && due.when <= Instant::now()
        {
            next = due.what.done(pid, grace);
        }
        let time = next.as_ref().map(|next| next.when);
        signals.wait(time.map(|when| when.saturating_duration_since(Instant::now())));
    }
}

/// Runs COMMAND to its end, and gives its exit code. Ctrl-C is COMMAND's; `signals` keeps it from
/// ending runkey.
///
/// # Errors
/// When it could not be started.
#[cfg(not(unix))]
pub fn run(
    mut command: Command,
    program: &OsStr,
    signals: &Signals,
    _grace: Duration,
) -> Result<i32, NotRun> {
    let ended = command.status();
    signals.take();
    match ended {
        Ok(status) => Ok(status.code().unwrap_or(i32::from(super::RUNKEY_FAILED))),
        Err(error) => Err(not_run(program, &error)),
    }
}

/// What is to be done next to a COMMAND that still runs, and when.
#[cfg(unix)]
struct Next {
    when: Instant,
    what: What,
}

#[cfg(unix)]
#[derive(Clone, Copy)]
enum What {
    PassOn(i32),
    Kill,
}

#[cfg(unix)]
impl What {
    /// Does it, and gives what comes after it. COMMAND was not waited for, so its id is no other's.
    fn done(self, pid: Pid, grace: Duration) -> Option<Next> {
        // A COMMAND that may not be sent a signal, such as sudo's, is left to end by itself.
        match self {
            Self::PassOn(signal) => {
                let _ = kill_process(pid, Signal::from_named_raw(signal)?);
                Some(Next {
                    // A grace too long to add is without end.
                    when: Instant::now().checked_add(grace)?,
                    what: Self::Kill,
                })
            }
            Self::Kill => {
                let _ = kill_process(pid, Signal::KILL);
                None
            }
        }
    }
}

#[cfg(unix)]
fn end_of(child: &mut Child) -> Option<ExitStatus> {
    // Asking for a child that is there and was not waited for does not fail.
    child.try_wait().ok().flatten()
}

#[cfg(unix)]
fn exit_code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    let by_signal = status.signal().map(crate::signals::exit_code);
    let code = status.code().or(by_signal);
    code.unwrap_or(i32::from(super::RUNKEY_FAILED))
}
