//! Who may stop a run, and who is told how far it is.

use std::fmt;

use super::cancellation::Cancellation;
use super::log::Stream;
use super::result::StepResult;
use crate::TaskState;

/// Something that happens in a run. The run waits until it was told.
#[derive(Debug)]
pub enum Moment<'a> {
    /// The run is in another state.
    State(TaskState),
    /// The step of this name is about to start.
    StepStarts(&'a str),
    /// A step has printed a line.
    Line {
        /// The step's name.
        step: &'a str,
        /// Where it was printed.
        stream: Stream,
        /// The line as the script wrote it, service messages and secrets included.
        text: &'a str,
    },
    /// The step of this name has ended so.
    StepEnded(&'a str, &'a StepResult),
}

type Watcher<'a> = Box<dyn FnMut(&Moment<'_>) + 'a>;

/// What governs a run from outside.
///
/// ```
/// use octopus_sim::worker::{Control, Moment, Runbook, Step, Syntax, Variables, Worker};
///
/// let runbook = Runbook::new().step(Step::script("Work", Syntax::Bash, "echo busy; sleep 60"));
/// let mut states = Vec::new();
/// let control = Control::new().cancel_at("busy").watch(|moment| {
///     if let Moment::State(state) = moment {
///         states.push(state.to_string());
///     }
/// });
/// let task = runbook.run_under(control, &Worker::new(), Variables::default())?;
/// assert_eq!(task.state().to_string(), "Canceled");
/// assert_eq!(states, ["Executing", "Cancelling", "Canceled"]);
/// # Ok::<(), octopus_sim::worker::WorkerError>(())
/// ```
#[derive(Default)]
pub struct Control<'a> {
    cancellation: Cancellation,
    cancel_at: Option<String>,
    watchers: Vec<Watcher<'a>>,
}

impl<'a> Control<'a> {
    /// A run that nobody watches or stops.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Has the run cancelled by this button.
    #[must_use]
    pub fn cancelled_by(mut self, cancellation: &Cancellation) -> Self {
        self.cancellation = cancellation.clone();
        self
    }

    /// Has the run cancelled as soon as a step prints a line that holds `text`.
    #[must_use]
    pub fn cancel_at(mut self, text: &str) -> Self {
        self.cancel_at = Some(text.to_owned());
        self
    }

    /// Has `watcher` told of every [`Moment`], such as the states that a server should know.
    #[must_use]
    pub fn watch(mut self, watcher: impl FnMut(&Moment<'_>) + 'a) -> Self {
        self.watchers.push(Box::new(watcher));
        self
    }

    pub(super) fn cancellation(&self) -> &Cancellation {
        &self.cancellation
    }

    /// Makes controls for other threads: the same button, and nobody who watches.
    pub(super) fn beside(&self) -> impl Fn() -> Control<'static> + Send + Sync + use<> {
        let (cancellation, cancel_at) = (self.cancellation.clone(), self.cancel_at.clone());
        move || Control {
            cancellation: cancellation.clone(),
            cancel_at: cancel_at.clone(),
            watchers: Vec::new(),
        }
    }

    pub(super) fn tell(&mut self, moment: &Moment<'_>) {
        for watcher in &mut self.watchers {
            watcher(moment);
        }
        if let (Moment::Line { text, .. }, Some(awaited)) = (moment, &self.cancel_at)
            && text.contains(awaited.as_str())
        {
            self.cancellation.cancel();
        }
    }
}

impl fmt::Debug for Control<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Control")
            .field("cancellation", &self.cancellation)
            .field("cancel_at", &self.cancel_at)
            .finish_non_exhaustive()
    }
}
