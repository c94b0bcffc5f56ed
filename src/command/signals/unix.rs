//! Signals as Unix has them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fs;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGCHLD, SIGTTIN, SIGTTOU};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

use super::Received;

/// What would stop the program while a key is active: writing as a background process, and reading as
/// one. The command gets the default again.
const OUTLIVED: &[i32] = &[SIGTTOU, SIGTTIN];

/// Caught signals with their origin, and a socket that they wake a reader of.
#[derive(Debug)]
pub struct Caught {
    delivery: RefCell<SignalDelivery<UnixStream, WithOrigin>>,
    came: RefCell<VecDeque<Received>>,
    /// Whether a child ended since the last wait. Looking for signals empties the socket.
    has_child_ended: Cell<bool>,
}

impl Caught {
    /// Catches these signals, those that are ignored excepted, and the end of children.
    pub fn new(ending: &[(i32, &str)]) -> io::Result<Self> {
        let ignored = ignored();
        let is_caught = |signal: &i32| ignored >> (signal - 1) & 1 == 0;
        let ending = ending.iter().map(|(signal, _)| *signal).filter(is_caught);
        let (receiver, sender) = UnixStream::pair()?;
        let signals = ending.chain([SIGCHLD]);
        let delivery = SignalDelivery::with_pipe(receiver, sender, WithOrigin::default(), signals)?;
        for signal in OUTLIVED.iter().copied().filter(is_caught) {
            signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))?;
        }
        Ok(Self {
            delivery: RefCell::new(delivery),
            came: RefCell::default(),
            has_child_ended: Cell::new(false),
        })
    }

    /// Returns the next signal that asks the program to end.
    pub fn next(&self) -> Option<Received> {
        let mut came = self.came.borrow_mut();
        for origin in self.delivery.borrow_mut().pending() {
            if origin.signal == SIGCHLD {
                self.has_child_ended.set(true);
                continue;
            }
            came.push_back(Received {
                signal: origin.signal,
                at: Instant::now(),
                // `kill` names its process; what was typed comes from the kernel itself. What a process
                // sends to the whole group cannot be told from what it sends to runkey alone, so the
                // command gets that twice.
                is_from_terminal: !matches!(origin.cause, Cause::Sent(_)),
            });
        }
        came.pop_front()
    }

    /// Waits for so long, or without end, and at most until a signal comes or a child ends.
    pub fn wait(&self, time: Option<Duration>) {
        if self.has_child_ended.take() {
            return;
        }
        let time = time.and_then(|time| Timespec::try_from(time).ok());
        let delivery = self.delivery.borrow();
        // A signal leaves a byte in the socket until it is looked at; one that comes just now
        // interrupts the call.
        let _ = poll(
            &mut [PollFd::new(delivery.get_read(), PollFlags::IN)],
            time.as_ref(),
        );
    }
}

/// Returns the signals that the program was started with ignored, as a mask. Elsewhere than on Linux
/// there is no safe way to ask.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.unwrap_or_default()
}
