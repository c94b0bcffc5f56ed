//! Signals as Unix has them.

use std::fs;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use signal_hook::consts::signal::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
use signal_hook::{flag, low_level};

/// What asks a program to end.
pub const ENDING: &[i32] = &[SIGTERM, SIGHUP, SIGINT, SIGQUIT];
/// What a terminal sends to COMMAND and runkey alike, too.
pub const BESIDE_COMMAND: &[i32] = &[SIGTERM, SIGHUP, SIGINT, SIGQUIT];
/// What tells that COMMAND has ended.
pub const OF_CHILDREN: &[i32] = &[SIGCHLD];

/// Lets a write beyond the limit for files fail instead of ending the program with a key alive. A
/// COMMAND finds the signal as it always is.
pub fn outlive_file_limits() {
    // A system that does not let us is no reason to do nothing.
    let _ = flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

/// Whether the program was started with this signal ignored, as `nohup` does; elsewhere than on
/// Linux there is no safe way to ask.
pub fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// A socket that signals write to, so that waiting for them ends without asking over and over.
#[derive(Debug)]
pub struct Waker(UnixStream);

impl Waker {
    /// Is woken by these signals.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn new<'a>(signals: impl Iterator<Item = &'a i32>) -> io::Result<Self> {
        let (receiver, sender) = UnixStream::pair()?;
        for signal in signals {
            low_level::pipe::register(*signal, sender.try_clone()?)?;
        }
        Ok(Self(receiver))
    }

    /// Waits for so long, or without end, and at most until a signal comes.
    pub fn wait(&self, time: Option<Duration>) {
        // No time at all would be refused.
        let time = time.map(|time| time.max(Duration::from_millis(1)));
        let _ = self.0.set_read_timeout(time);
        // A signal leaves a byte; one that comes just now breaks the reading off.
        let _ = (&self.0).read(&mut [0; 64]);
    }
}

/// The names of those that other systems do not have.
pub fn name(signal: i32) -> &'static str {
    match signal {
        SIGHUP => "SIGHUP",
        SIGQUIT => "SIGQUIT",
        _ => "a signal",
    }
}
