//! The button that cancels a run.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::process::Event;

/// Cancels the run that it was given to. Every clone is the same button, for any thread.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<Mutex<Button>>);

#[derive(Debug, Default)]
struct Button {
    pressed: bool,
    /// The steps that run, or have run, which are told at once.
    running: Vec<Sender<Event>>,
}

impl Cancellation {
    /// A button that nobody has pressed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels the run: the step that is running is killed, and no further one starts.
    pub fn cancel(&self) {
        let mut button = self.lock();
        button.pressed = true;
        for running in &button.running {
            // A step that has ended meanwhile does not mind.
            let _ = running.send(Event::Cancelled);
        }
    }

    /// Whether the run was cancelled.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.lock().pressed
    }

    /// Has `running` told when the button is pressed, too.
    pub(super) fn tell(&self, running: Sender<Event>) {
        let mut button = self.lock();
        if button.pressed {
            let _ = running.send(Event::Cancelled);
        }
        button.running.push(running);
    }

    fn lock(&self) -> MutexGuard<'_, Button> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
