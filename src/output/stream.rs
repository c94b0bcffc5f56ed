//! Writing to the standard streams: a reader that has stopped reading must not keep the program, and
//! a key, waiting for ever.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::{err, out, wait_for_readers};
#[cfg(windows)]
pub use windows::{err, out, wait_for_readers};
