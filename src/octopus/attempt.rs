//! One attempt is one thread, which is abandoned at its deadline or on a signal: nothing that a
//! server, a proxy or a library does can hold a step longer.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The name of the threads, by which a panic hook knows them: their panics are errors, not the
/// program's end.
pub const THREAD: &str = "runkey-request";
/// How often to ask whether to continue: a signal is acted on within 100 ms.
pub(crate) const POLL: Duration = Duration::from_millis(50);

/// Why an attempt gave no result.
#[derive(Debug)]
pub(crate) enum Abandoned {
    /// It was not to be waited for any longer.
    Stopped,
    /// Its thread could not be started.
    NotStarted(io::Error),
    /// Its thread panicked.
    Panicked,
}

enum State<T> {
    Running,
    Done(thread::Result<T>),
    Abandoned,
}

struct Slot<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

/// Runs `work` in a thread of its own and gives its result, unless `is_stopped` says so first: then a
/// result that still arrives goes to `late`, in that thread.
pub(crate) fn run<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    late: impl FnOnce(T) + Send + 'static,
    is_stopped: impl Fn() -> bool,
) -> Result<T, Abandoned> {
    let slot = Arc::new(Slot {
        state: Mutex::new(State::Running),
        changed: Condvar::new(),
    });
    let theirs = Arc::clone(&slot);
    let body = move || {
        let result = catch_unwind(AssertUnwindSafe(work));
        if let Some(Ok(value)) = theirs.finish(result) {
            late(value);
        }
    };
    thread::Builder::new()
        .name(THREAD.to_owned())
        .spawn(body)
        .map_err(Abandoned::NotStarted)?;
    slot.wait(is_stopped)
}

impl<T> Slot<T> {
    /// Gives the result to the waiting thread, or back if that has given up.
    fn finish(&self, result: thread::Result<T>) -> Option<thread::Result<T>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Abandoned) {
            return Some(result);
        }
        *state = State::Done(result);
        self.changed.notify_one();
        None
    }

    fn wait(&self, is_stopped: impl Fn() -> bool) -> Result<T, Abandoned> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let State::Done(_) = *state {
                break;
            }
            if is_stopped() {
                *state = State::Abandoned;
                return Err(Abandoned::Stopped);
            }
            let waited = self.changed.wait_timeout(state, POLL);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        match std::mem::replace(&mut *state, State::Abandoned) {
            State::Done(Ok(value)) => Ok(value),
            _ => Err(Abandoned::Panicked),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn gives_the_result() {
        assert_eq!(run(|| 7, drop, || false).unwrap(), 7);
    }

    #[test]
    fn a_panic_is_an_error() {
        let result = run(
            || {
                if THREAD.is_empty() {
                    7
                } else {
                    panic!("on purpose")
                }
            },
            drop,
            || false,
        );
        assert!(matches!(result, Err(Abandoned::Panicked)));
    }

    #[test]
    fn gives_a_late_result_back() {
        let (release, held) = mpsc::channel::<()>();
        let (late, received) = mpsc::channel();
        let is_stopped = AtomicBool::new(false);
        let stop = || is_stopped.swap(true, Ordering::Relaxed);
        let work = move || {
            held.recv().unwrap();
            7
        };
        let result = run(work, move |value| late.send(value).unwrap(), stop);
        assert!(matches!(result, Err(Abandoned::Stopped)));
        release.send(()).unwrap();
        assert_eq!(received.recv().unwrap(), 7);
    }
}
