//! Signals that ask the program to end. Where a key lives that nobody has yet, they are noted and
//! heeded when that key is gone; elsewhere they end the program as they always do.

use std::cell::OnceCell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::signal;
use signal_hook::flag;

/// What asks a program to end.
#[cfg(unix)]
const ENDING: &[i32] = &[signal::SIGTERM, signal::SIGHUP, signal::SIGINT];
/// What asks a program to end: Ctrl-C.
#[cfg(windows)]
const ENDING: &[i32] = &[signal::SIGINT];

/// The signals that came. At first none is noted.
#[derive(Debug, Default)]
pub struct Signals {
    noted: OnceCell<Vec<(i32, Arc<AtomicBool>)>>,
}

impl Signals {
    /// From here on what asks a program to end is noted.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn note(&self) -> io::Result<()> {
        let mut noted = Vec::new();
        for signal in ENDING {
            let flag = Arc::new(AtomicBool::new(false));
            flag::register(*signal, Arc::clone(&flag))?;
            noted.push((*signal, flag));
        }
        // A second call notes them once more, which does no harm.
        let _ = self.noted.set(noted);
        Ok(())
    }

    /// The signal that came since this was last asked, if one did.
    pub fn take(&self) -> Option<i32> {
        let noted = self.noted.get()?;
        let came = noted
            .iter()
            .find(|(_, flag)| flag.swap(false, Ordering::SeqCst));
        came.map(|(signal, _)| *signal)
    }
}

/// The exit code of a program that a signal ended, as shells tell it.
pub fn exit_code(signal: i32) -> i32 {
    128 + signal
}
