//! Locks that outlive a failed assertion.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks it, even when a test's callback panicked meanwhile: the test fails for that panic, and
/// its clean-up may still ask the server.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
