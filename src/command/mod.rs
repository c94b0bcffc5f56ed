//! COMMAND, the work that is done with the run's key: what it sees, and how it is run.

mod environment;

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode};

pub use environment::Work;

use crate::output::{Console, Failure};
use crate::stranger::Stranger;

/// runkey itself failed; COMMAND did not run.
pub const RUNKEY_FAILED: u8 = 125;
/// COMMAND is there but cannot be run.
const CANNOT_RUN: u8 = 126;
/// COMMAND is not there.
const NOT_FOUND: u8 = 127;

/// Becomes COMMAND: same process, same standard streams, same signals. Returns only if it could not.
#[cfg(unix)]
pub fn become_it(mut command: Command, program: &OsString, console: Console) -> ExitCode {
    use std::os::unix::process::CommandExt;
    cannot_run(program, &command.exec(), console)
}

/// Runs COMMAND as a child, since Windows cannot replace a process, and passes its exit code on.
#[cfg(not(unix))]
pub fn become_it(mut command: Command, program: &OsString, console: Console) -> ExitCode {
    match command.status() {
        // An exit code here has 32 bits, which `ExitCode` would cut to 8.
        Ok(status) => std::process::exit(status.code().unwrap_or(i32::from(RUNKEY_FAILED))),
        Err(error) => cannot_run(program, &error, console),
    }
}

fn cannot_run(program: &OsString, error: &io::Error, console: Console) -> ExitCode {
    let program = Stranger::from(program.to_string_lossy());
    let (code, what) = if error.kind() == io::ErrorKind::NotFound {
        (NOT_FOUND, format!("The command '{program}' was not found."))
    } else {
        (
            CANNOT_RUN,
            format!("The command '{program}' cannot be run: {error}."),
        )
    };
    console.failure(Failure::new(
        what,
        "Check its name, the PATH of this worker, and that it may be executed.",
    ));
    ExitCode::from(code)
}
