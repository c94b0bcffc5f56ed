//! Writing to the standard streams: a reader that has stopped reading must not keep the program, and
//! a key, waiting for ever.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a reader may take unless told otherwise.
const USUAL: Duration = Duration::from_secs(30);

static PATIENCE: OnceLock<Duration> = OnceLock::new();

/// One of the standard streams.
#[derive(Debug)]
pub struct Stream {
    /// Nobody read it for long, so it is not waited for again.
    is_stuck: AtomicBool,
    number: Number,
}

#[derive(Debug)]
enum Number {
    Out,
    Err,
}

/// Standard output.
pub static OUT: Stream = Stream {
    is_stuck: AtomicBool::new(false),
    number: Number::Out,
};
/// Standard error.
pub static ERR: Stream = Stream {
    is_stuck: AtomicBool::new(false),
    number: Number::Err,
};

/// From here on a write that makes no progress for so long has failed.
pub fn wait_for_readers(time: Duration) {
    // Said once, when the command line has been read.
    let _ = PATIENCE.set(time);
}

#[cfg(unix)]
mod system {
    use std::os::fd::{AsFd, BorrowedFd};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;

    use super::{AtomicBool, Duration, Number, Ordering, PATIENCE, Stream, USUAL, io};

    /// A pipe that has room has room for so much, says POSIX (`_POSIX_PIPE_BUF`).
    const PIECE: usize = 512;

    impl Stream {
        /// Writes it all, at once.
        ///
        /// # Errors
        /// When it cannot be written whole, or nobody reads it, or a signal that is noted comes first.
        pub fn write(&self, text: &str) -> io::Result<()> {
            match self.number {
                Number::Out => write(io::stdout().as_fd(), text, &self.is_stuck),
                Number::Err => write(io::stderr().as_fd(), text, &self.is_stuck),
            }
        }
    }

    fn write(to: BorrowedFd<'_>, text: &str, is_stuck: &AtomicBool) -> io::Result<()> {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            wait_for_room(to, is_stuck)?;
            match rustix::io::write(to, &rest[..rest.len().min(PIECE)]) {
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
}

#[cfg(windows)]
mod system {
    use super::{Number, Stream, io};
    use std::io::Write;

    impl Stream {
        /// Writes it all, at once. Windows has no way to ask whether a pipe is read.
        ///
        /// # Errors
        /// When it cannot be written whole.
        pub fn write(&self, text: &str) -> io::Result<()> {
            match self.number {
                Number::Out => {
                    let mut out = io::stdout().lock();
                    out.write_all(text.as_bytes())?;
                    out.flush()
                }
                Number::Err => io::stderr().lock().write_all(text.as_bytes()),
            }
        }
    }
}
