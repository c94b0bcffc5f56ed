//! What the process as a whole is protected from.

use std::error::Error;
use std::{fmt, panic};

use color_eyre::eyre::{self, EyreHandler};

/// Keeps keys out of core dumps, survives limits on file sizes, and silences the message of a panic,
/// which names a place in the source: `main` reports panics, and a request that panics is retried.
pub fn protect() {
    disable_core_dumps();
    ignore_file_limits();
    panic::set_hook(Box::new(|_| {}));
    // It fails only if there is a hook already.
    let _ = eyre::set_hook(Box::new(|_| Box::new(NoBacktrace)));
}

/// Reports carry failures to `main`, which prints what the reader can act on: no backtrace is captured,
/// whatever `RUST_BACKTRACE` says.
struct NoBacktrace;

impl EyreHandler for NoBacktrace {
    fn debug(&self, error: &(dyn Error + 'static), f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(error, f)
    }
}

#[cfg(target_os = "linux")]
fn disable_core_dumps() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    // A system that does not allow it is no reason not to revoke a key.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Other systems offer nothing that lasts for one process alone.
#[cfg(not(target_os = "linux"))]
fn disable_core_dumps() {}

/// A file that must not grow gives an error, which is handled, and not SIGXFSZ, which ends the process.
#[cfg(unix)]
fn ignore_file_limits() {
    use signal_hook::consts::SIGXFSZ;
    // A handler that does nothing; a command does not inherit it.
    let _ = signal_hook::flag::register(SIGXFSZ, std::sync::Arc::default());
}

#[cfg(not(unix))]
fn ignore_file_limits() {}
