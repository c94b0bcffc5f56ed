//! Signals. (Placeholder until the real one is merged.)

use std::io;
use std::time::Instant;

/// Signals that ask the process to end.
#[derive(Debug, Default)]
pub struct Signals;

impl Signals {
    pub fn install(&self) -> io::Result<()> {
        Ok(())
    }
    pub fn interrupted_at(&self) -> Option<Instant> {
        None
    }
    pub fn take(&self) -> Option<i32> {
        None
    }
}

pub fn name(_: i32) -> &'static str {
    "a signal"
}
