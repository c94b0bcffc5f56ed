//! What Windows has of signals: Ctrl-C.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::Received;

/// How often to look whether Ctrl-C was pressed: nothing here wakes who sleeps.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Caught signals.
#[derive(Debug)]
pub struct Caught(Vec<(i32, Arc<AtomicBool>)>);

impl Caught {
    /// Catches these signals.
    pub fn new(ending: &[(i32, &str)]) -> io::Result<Self> {
        let caught = ending.iter().map(|(signal, _)| {
            let flag = Arc::new(AtomicBool::new(false));
            signal_hook::flag::register(*signal, Arc::clone(&flag))?;
            Ok((*signal, flag))
        });
        caught.collect::<io::Result<_>>().map(Self)
    }

    /// Returns the next signal that asks the program to end.
    pub fn next(&self) -> Option<Received> {
        let came = |(_, flag): &&(i32, Arc<AtomicBool>)| flag.swap(false, Ordering::SeqCst);
        let (signal, _) = self.0.iter().find(came)?;
        Some(Received {
            signal: *signal,
            at: Instant::now(),
            is_from_terminal: true,
        })
    }

    /// Waits in small steps.
    pub fn wait(&self, time: Option<Duration>) {
        thread::sleep(time.unwrap_or(LOOK_EVERY).min(LOOK_EVERY));
    }
}
