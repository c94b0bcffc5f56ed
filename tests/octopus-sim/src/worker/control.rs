//! Who may stop a run, and who is told how far it is.

use crate::TaskState;

/// Something that happens in a run. The run waits until it was told.
#[derive(Debug)]
pub enum Moment<'a> {
    /// The run is in another state.
    State(TaskState),
    /// The step of this name is about to start.
    StepStarts(&'a str),
}

type Watcher<'a> = Box<dyn FnMut(&Moment<'_>) + 'a>;

/// What governs a run from outside.
#[derive(Default)]
pub struct Control<'a> {
    cancel_at: Option<String>,
    is_canceled: bool,
    watchers: Vec<Watcher<'a>>,
}

impl<'a> Control<'a> {
    /// A run without watchers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has the run canceled as soon as a step prints a line that holds `text`.
    pub fn cancel_at(mut self, text: &str) -> Self {
        self.cancel_at = Some(text.to_owned());
        self
    }

    /// Has `watcher` told of every [`Moment`], such as the states that a server should know.
    pub fn watch(mut self, watcher: impl FnMut(&Moment<'_>) + 'a) -> Self {
        self.watchers.push(Box::new(watcher));
        self
    }

    pub(super) fn is_canceled(&self) -> bool {
        self.is_canceled
    }

    pub(super) fn tell(&mut self, moment: &Moment<'_>) {
        for watcher in &mut self.watchers {
            watcher(moment);
        }
    }

    /// Whether a step is to be killed after it printed this line.
    pub(super) fn cancels_at(&mut self, line: &str) -> bool {
        let awaited = self.cancel_at.as_ref();
        self.is_canceled = awaited.is_some_and(|text| line.contains(text.as_str()));
        if self.is_canceled {
            self.tell(&Moment::State(TaskState::Cancelling));
        }
        self.is_canceled
    }
}
