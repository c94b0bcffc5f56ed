//! The streams as Unix has them.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, write};
use rustix::process::getpgrp;
use rustix::termios::{LocalModes, tcgetattr, tcgetpgrp};

/// How long a reader may stall before a write fails: a worker reads at once.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// What fits into a pipe that is writable (POSIX, `_POSIX_PIPE_BUF`), in bytes.
const CHUNK: usize = 512;

/// The reader stalled once, so it is not waited for again.
static STDOUT_STALLED: AtomicBool = AtomicBool::new(false);
static STDERR_STALLED: AtomicBool = AtomicBool::new(false);

/// Writes all of it to standard output, at once.
///
/// # Errors
/// When it cannot be written whole, its reader stalls, or a signal comes.
pub fn out(text: &[u8]) -> io::Result<()> {
    write_all(io::stdout().as_fd(), text, &STDOUT_STALLED)
}

/// Writes all of it to standard error, at once.
///
/// # Errors
/// As [`out`].
pub fn err(text: &[u8]) -> io::Result<()> {
    write_all(io::stderr().as_fd(), text, &STDERR_STALLED)
}

/// Whether what is written to standard output is lost: it is closed, in whose place Rust's runtime
/// opens the null device, or it is the null device.
pub fn is_stdout_discarded() -> bool {
    let null = rustix::fs::stat("/dev/null");
    let out = rustix::fs::fstat(io::stdout());
    matches!((null, out), (Ok(null), Ok(out)) if null.st_rdev == out.st_rdev)
}

fn write_all(to: BorrowedFd<'_>, mut rest: &[u8], has_stalled: &AtomicBool) -> io::Result<()> {
    if would_stop(to) {
        return Ok(());
    }
    while !rest.is_empty() {
        wait_until_writable(to, has_stalled)?;
        match write(to, &rest[..rest.len().min(CHUNK)]) {
            Ok(written) => rest = &rest[written..],
            // It is not writable after all: the pipe's other owner may have made it so.
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Whether the terminal stops background processes that write (`stty tostop`), and this is one. The
/// signal for it is caught, so the write would be repeated for ever: what it says is dropped instead.
fn would_stop(to: BorrowedFd<'_>) -> bool {
    let is_foreground = match tcgetpgrp(to) {
        Ok(group) => group == getpgrp(),
        Err(_) => return false,
    };
    !is_foreground
        && tcgetattr(to).is_ok_and(|terminal| terminal.local_modes.contains(LocalModes::TOSTOP))
}

fn wait_until_writable(to: BorrowedFd<'_>, has_stalled: &AtomicBool) -> io::Result<()> {
    let time = if has_stalled.load(Ordering::Relaxed) {
        Duration::ZERO
    } else {
        WRITE_TIMEOUT
    };
    let time = Timespec::try_from(time).ok();
    let mut polled = [PollFd::from_borrowed_fd(to, PollFlags::OUT)];
    if poll(&mut polled, time.as_ref())? == 0 {
        has_stalled.store(true, Ordering::Relaxed);
        return Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "its reader stalled",
        ));
    }
    Ok(())
}
