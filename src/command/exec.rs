//! Becoming the command.

use std::io;
use std::process::{Command, ExitCode};

/// Replaces this process by the command: same standard streams, same signals. Returns only if that
/// failed.
#[cfg(unix)]
pub fn exec(command: &mut Command) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

/// Runs the command as a child, since Windows cannot replace a process, and passes its exit code on.
#[cfg(windows)]
pub fn exec(command: &mut Command) -> io::Result<ExitCode> {
    let signals = super::Signals::default();
    // Ctrl-C is the command's; where it cannot be caught, it ends runkey too.
    let _ = signals.install();
    super::child::run(command, &signals, std::time::Duration::MAX).map(super::exit_code_of)
}
