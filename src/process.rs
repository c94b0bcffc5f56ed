//! What the process as a whole is protected from.

use std::panic;

use color_eyre::config::HookBuilder;

/// Keeps keys out of core dumps, survives limits on file sizes, and silences the message of a panic,
/// which names a place in the source: `main` reports panics, and a request that panics is retried.
pub fn protect() {
    disable_core_dumps();
    ignore_file_limits();
    panic::set_hook(Box::new(|_| {}));
    // Reports carry failures to `main`, without backtraces. It fails only if there is a hook already.
    let _ = HookBuilder::blank().into_hooks().1.install();
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
