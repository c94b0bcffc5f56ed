//! One attempt is one thread, which is abandoned at its deadline or on a signal: nothing that a
//! server, a proxy or a library does can hold a step longer.

use std::sync::mpsc::{self, RecvTimeoutError, SendError};
use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// The name of the threads, for a debugger.
const THREAD: &str = "runkey-request";
/// How often to ask whether to continue: a signal is acted on within 100 ms.
pub(crate) const POLL: Duration = Duration::from_millis(50);

/// Runs `work` in a thread of its own and gives its result, unless `stopped` gives an error first: then
/// a success that still arrives goes to `late`, in that thread.
pub(crate) fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
    late: impl FnOnce(T) + Send + 'static,
    stopped: impl Fn() -> Option<Error>,
) -> Result<T> {
    // The channel has no room: a result is either received or comes back to its thread.
    let (sender, receiver) = mpsc::sync_channel(0);
    let body = move || {
        if let Err(SendError(Ok(value))) = sender.send(work()) {
            late(value);
        }
    };
    let thread = thread::Builder::new().name(THREAD.to_owned()).spawn(body);
    thread.map_err(|error| {
        let cause = format!("cannot start a thread for the request: {error}");
        Error::new(ErrorKind::Connect, cause)
    })?;
    loop {
        if let Some(error) = stopped() {
            return Err(error);
        }
        match receiver.recv_timeout(POLL) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let cause = "the request failed because of a bug in runkey";
                return Err(Error::new(ErrorKind::ConnectionLost, cause));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        let work = || {
            if THREAD.is_empty() {
                Ok(7)
            } else {
                panic!("on purpose")
            }
        };
        let error = run(work, drop, || None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::ConnectionLost);
    }

    #[test]
    fn gives_a_late_result_back() {
        let (release, held) = mpsc::channel::<()>();
        let (late, received) = mpsc::channel();
        let is_stopped = Cell::new(false);
        let stopped = || {
            let error = Error::new(ErrorKind::Timeout, "");
            is_stopped.replace(true).then_some(error)
        };
        let work = move || {
            held.recv().unwrap();
            Ok(7)
        };
        let result = run(work, move |value| late.send(value).unwrap(), stopped);
        assert_eq!(result.unwrap_err().kind, ErrorKind::Timeout);
        release.send(()).unwrap();
        assert_eq!(received.recv().unwrap(), 7);
    }
}
