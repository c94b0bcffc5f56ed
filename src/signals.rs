//! Signals that ask the program to end. Where a key lives that nobody has yet, they are noted and
//! heeded when that key is gone; elsewhere they end the program as they always do.

use std::cell::OnceCell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::signal::{SIGINT, SIGTERM};
use signal_hook::flag;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub use system::outlive_file_limits;

/// The signals that came. At first none is noted.
#[derive(Debug, Default)]
pub struct Signals {
    noted: OnceCell<Noted>,
}

/// Signals that are noted from now on, and what wakes who waits for one.
#[derive(Debug)]
struct Noted {
    /// Those that end a program at once come first.
    came: Vec<(i32, Arc<AtomicBool>)>,
    waker: system::Waker,
}

impl Signals {
    /// From here on what asks a program to end is noted: on Unix SIGTERM, SIGHUP and SIGINT, on
    /// Windows Ctrl-C. A signal that is ignored stays so.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn note(&self) -> io::Result<()> {
        self.note_these(system::ENDING, &[])
    }

    /// As [`Signals::note`], with what is COMMAND's business too, and the end of COMMAND.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn note_beside_command(&self) -> io::Result<()> {
        self.note_these(system::BESIDE_COMMAND, system::OF_CHILDREN)
    }

    fn note_these(&self, asking: &[i32], waking: &[i32]) -> io::Result<()> {
        if self.noted.get().is_some() {
            return Ok(());
        }
        let mut came = Vec::new();
        for signal in asking.iter().filter(|signal| !system::is_ignored(**signal)) {
            let flag = Arc::new(AtomicBool::new(false));
            flag::register(*signal, Arc::clone(&flag))?;
            came.push((*signal, flag));
        }
        let all = came.iter().map(|(signal, _)| signal).chain(waking);
        let waker = system::Waker::new(all)?;
        // It was empty a moment ago, and this is one thread's.
        let _ = self.noted.set(Noted { came, waker });
        Ok(())
    }

    /// The signal that came since this was last asked, if one did.
    pub fn take(&self) -> Option<i32> {
        let mut taken = None;
        for (signal, flag) in &self.noted.get()?.came {
            if flag.swap(false, Ordering::SeqCst) {
                taken = taken.or(Some(*signal));
            }
        }
        taken
    }

    /// Whether a signal came that was not taken.
    fn is_waiting(&self) -> bool {
        let came = self.noted.get().map_or(&[][..], |noted| &noted.came);
        came.iter().any(|(_, flag)| flag.load(Ordering::SeqCst))
    }

    /// Waits for so long, or without end, and at most until a signal that is noted comes.
    #[cfg(unix)]
    pub fn wait(&self, time: Option<Duration>) {
        if let Some(noted) = self.noted.get() {
            noted.waker.wait(time);
        }
    }

    /// Waits for so long; false if a signal broke that off.
    pub fn pause(&self, time: Duration) -> bool {
        let Some(noted) = self.noted.get() else {
            std::thread::sleep(time);
            return true;
        };
        let start = Instant::now();
        while !self.is_waiting() {
            let left = time.saturating_sub(start.elapsed());
            if left.is_zero() {
                return true;
            }
            noted.waker.wait(Some(left));
        }
        false
    }
}

/// The exit code of a program that a signal ended, as shells tell it.
pub fn exit_code(signal: i32) -> i32 {
    128 + signal
}

/// The signal's name, for a log.
pub fn name(signal: i32) -> &'static str {
    match signal {
        SIGTERM => "SIGTERM",
        SIGINT => "SIGINT",
        _ => system::name(signal),
    }
}
