//! The one owner of the signals that ask the program to end.
//!
//! Before [`Signals::install`], nothing is caught: a signal ends the program as it always does.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

use std::cell::{Cell, OnceCell};
use std::io;
use std::time::{Duration, Instant};

/// Every signal that asks the program to end, and its name.
#[cfg(unix)]
const ENDING: &[(i32, &str)] = &[
    (signal_hook::consts::SIGTERM, "SIGTERM"),
    (signal_hook::consts::SIGINT, "SIGINT"),
    (signal_hook::consts::SIGHUP, "SIGHUP"),
    (signal_hook::consts::SIGQUIT, "SIGQUIT"),
];
/// Windows has Ctrl-C only.
#[cfg(windows)]
const ENDING: &[(i32, &str)] = &[(signal_hook::consts::SIGINT, "Ctrl-C")];

/// A signal that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    pub signal: i32,
    /// When it was noticed.
    pub at: Instant,
    /// Whether a terminal sent it, to the whole foreground process group.
    pub is_from_terminal: bool,
}

/// The signals that came. At first none is caught.
#[derive(Debug, Default)]
pub struct Signals {
    caught: OnceCell<system::Caught>,
    pending: Cell<Option<Received>>,
}

impl Signals {
    /// Catches what asks a program to end from now on. A signal that is ignored stays so, as `nohup`
    /// wants it.
    ///
    /// # Errors
    /// When the system does not allow that.
    pub fn install(&self) -> io::Result<()> {
        if self.caught.get().is_none() {
            // It was empty a moment ago, and the cell is of one thread.
            let _ = self.caught.set(system::Caught::new(ENDING)?);
        }
        Ok(())
    }

    /// Returns when the signal came that was not taken.
    pub fn interrupted_at(&self) -> Option<Instant> {
        self.look().map(|received| received.at)
    }

    /// Returns the signal that was not taken.
    pub fn pending(&self) -> Option<i32> {
        self.look().map(|received| received.signal)
    }

    /// Takes the signal that came first, and forgets those that came after it.
    pub fn take(&self) -> Option<i32> {
        let first = self.take_received();
        while self.take_received().is_some() {}
        first.map(|received| received.signal)
    }

    /// Takes the signal that came, and tells where from.
    pub fn take_received(&self) -> Option<Received> {
        self.look();
        self.pending.take()
    }

    /// Waits for `time`, or without end, and at most until a signal comes or a child ends. Returns at
    /// once if a signal was not taken.
    pub fn wait(&self, time: Option<Duration>) {
        if self.look().is_some() {
            return;
        }
        match (self.caught.get(), time) {
            (Some(caught), time) => caught.wait(time),
            (None, Some(time)) => std::thread::sleep(time),
            (None, None) => {}
        }
    }

    /// The first signal counts until it is taken.
    fn look(&self) -> Option<Received> {
        if self.pending.get().is_none() {
            let received = self.caught.get().and_then(system::Caught::next);
            self.pending.set(received);
        }
        self.pending.get()
    }
}

/// Returns the exit code of a program that a signal ended, as shells tell it.
pub fn exit_code(signal: i32) -> i32 {
    128 + signal
}

/// Returns the signal's name.
pub fn name(signal: i32) -> &'static str {
    let found = ENDING.iter().find(|(number, _)| *number == signal);
    found.map_or("a signal", |(_, name)| name)
}
