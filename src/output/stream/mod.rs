//! Writing to the standard streams: a reader that stalls must not keep the program, and a key, waiting.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::{err, is_stdout_discarded, out};
#[cfg(windows)]
pub use windows::{err, is_stdout_discarded, out};
