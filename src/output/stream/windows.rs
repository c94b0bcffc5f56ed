//! The streams as Windows has them, which has no way to ask whether a pipe is read.

use std::io::{self, Write};
use std::time::Duration;

/// They are waited for without end.
pub fn wait_for_readers(_time: Duration) {}

/// Writes it all to standard output, at once.
///
/// # Errors
/// When it cannot be written whole.
pub fn out(text: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text)?;
    out.flush()
}

/// Writes it all to standard error, at once.
///
/// # Errors
/// When it cannot be written whole.
pub fn err(text: &[u8]) -> io::Result<()> {
    io::stderr().lock().write_all(text)
}
