//! The streams as Unix has them.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, write};

/// How long a reader may take unless told otherwise.
const USUAL: Duration = Duration::from_secs(30);
/// A pipe that has room has room for so much, says POSIX (`_POSIX_PIPE_BUF`).
const PIECE: usize = 512;

static PATIENCE: OnceLock<Duration> = OnceLock::new();
/// Nobody read the stream for long, so it is not waited for again.
static OUT_IS_STUCK: AtomicBool = AtomicBool::new(false);
static ERR_IS_STUCK: AtomicBool = AtomicBool::new(false);

/// From here on a write that makes no progress for so long has failed.
pub fn wait_for_readers(time: Duration) {
    // Said once, when the command line has been read.
    let _ = PATIENCE.set(time);
}

/// Writes it all to standard output, at once.
///
/// # Errors
/// When it cannot be written whole, or nobody reads it, or a signal that is noted comes first.
pub fn out(text: &[u8]) -> io::Result<()> {
    write_all(io::stdout().as_fd(), text, &OUT_IS_STUCK)
}

/// Writes it all to standard error, at once.
///
/// # Errors
/// As [`out`].
pub fn err(text: &[u8]) -> io::Result<()> {
    write_all(io::stderr().as_fd(), text, &ERR_IS_STUCK)
}

fn write_all(to: BorrowedFd<'_>, mut rest: &[u8], is_stuck: &AtomicBool) -> io::Result<()> {
    while !rest.is_empty() {
        wait_for_room(to, is_stuck)?;
        match write(to, &rest[..rest.len().min(PIECE)]) {
            Ok(written) => rest = &rest[written..],
            // There is no room after all: whoever else has this pipe may have made it so.
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn wait_for_room(to: BorrowedFd<'_>, is_stuck: &AtomicBool) -> io::Result<()> {
    let patience = if is_stuck.load(Ordering::Relaxed) {
        Duration::ZERO
    } else {
        *PATIENCE.get().unwrap_or(&USUAL)
    };
    // A time too long for the system is without end.
    let time = Timespec::try_from(patience).ok();
    let mut polled = [PollFd::from_borrowed_fd(to, PollFlags::OUT)];
    if poll(&mut polled, time.as_ref())? == 0 {
        is_stuck.store(true, Ordering::Relaxed);
        return Err(io::Error::new(io::ErrorKind::TimedOut, "nobody reads it"));
    }
    Ok(())
}
