//! The streams as Windows has them, which cannot tell whether a pipe is read: writes wait without end.

use std::io::{self, Write};
use std::os::windows::io::AsRawHandle;

/// Writes all of it to standard output, at once.
///
/// # Errors
/// When it cannot be written whole.
pub fn out(text: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text)?;
    out.flush()
}

/// Writes all of it to standard error, at once.
///
/// # Errors
/// When it cannot be written whole.
pub fn err(text: &[u8]) -> io::Result<()> {
    io::stderr().lock().write_all(text)
}

/// Whether what is written to standard output is lost, because it is closed.
pub fn is_stdout_discarded() -> bool {
    io::stdout().as_raw_handle().is_null()
}
