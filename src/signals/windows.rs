//! What Windows has of signals: Ctrl-C.

use std::io;
use std::thread;
use std::time::Duration;

use signal_hook::consts::signal::SIGINT;

/// What asks a program to end.
pub const ENDING: &[i32] = &[SIGINT];
/// A console sends Ctrl-C to COMMAND and runkey alike.
pub const BESIDE_COMMAND: &[i32] = &[SIGINT];
/// COMMAND's end is waited for.
pub const OF_CHILDREN: &[i32] = &[];

/// How often to look whether Ctrl-C was pressed: nothing here wakes who sleeps.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// There is no such limit.
pub fn outlive_file_limits() {}

/// Whether a program ignores Ctrl-C is not told.
pub fn is_ignored(_signal: i32) -> bool {
    false
}

/// Waits in small steps.
#[derive(Debug)]
pub struct Waker;

impl Waker {
    /// Never fails here.
    #[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
    pub fn new<'a>(_signals: impl Iterator<Item = &'a i32>) -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits for so long, but not for longer than Ctrl-C may go unseen.
    #[expect(clippy::unused_self, reason = "on Unix it holds what wakes")]
    pub fn wait(&self, time: Option<Duration>) {
        thread::sleep(time.unwrap_or(LOOK_EVERY).min(LOOK_EVERY));
    }
}

/// There is no other.
pub fn name(_signal: i32) -> &'static str {
    "a signal"
}
