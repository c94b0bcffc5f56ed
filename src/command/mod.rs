//! COMMAND, the work that is done with the run's key: what it sees, and how it is run.

mod child;
mod environment;

use std::ffi::OsStr;
use std::io;
use std::process::{Command, ExitCode};

pub use child::run;
pub use environment::Work;

use crate::output::Failure;
use crate::stranger::Stranger;

/// runkey itself failed, or a key lives on.
pub const RUNKEY_FAILED: u8 = 125;
/// COMMAND is there but cannot be run.
const CANNOT_RUN: u8 = 126;
/// COMMAND is not there.
const NOT_FOUND: u8 = 127;

/// Why COMMAND did not run, and the exit code that says so.
#[derive(Debug)]
pub struct NotRun {
    pub failure: Failure,
    pub code: u8,
}

/// Becomes COMMAND: same process, same standard streams, same signals. Returns only if it could not.
#[cfg(unix)]
pub fn become_it(mut command: Command, program: &OsStr) -> Result<ExitCode, NotRun> {
    use std::os::unix::process::CommandExt;
    Err(not_run(program, &command.exec()))
}

/// Runs COMMAND as a child, since Windows cannot replace a process, and passes its exit code on.
#[cfg(not(unix))]
pub fn become_it(command: Command, program: &OsStr) -> Result<ExitCode, NotRun> {
    let signals = crate::signals::Signals::default();
    // Ctrl-C is COMMAND's; where it cannot be noted, it ends runkey too.
    let _ = signals.note_beside_command();
    run(command, program, &signals, std::time::Duration::MAX).map(ended_with)
}

/// Passes COMMAND's exit code on. On Windows it has 32 bits, which `ExitCode` would cut to 8.
pub fn ended_with(code: i32) -> ExitCode {
    u8::try_from(code).map_or_else(|_| std::process::exit(code), ExitCode::from)
}

fn not_run(program: &OsStr, error: &io::Error) -> NotRun {
    let program = Stranger::from(program.to_string_lossy());
    let (code, what) = if error.kind() == io::ErrorKind::NotFound {
        (NOT_FOUND, format!("The command '{program}' was not found."))
    } else {
        (
            CANNOT_RUN,
            format!("The command '{program}' cannot be run: {error}."),
        )
    };
    let next = "Check its name, the PATH of this worker, and that it may be executed.";
    NotRun {
        failure: Failure::new(what, next),
        code,
    }
}
