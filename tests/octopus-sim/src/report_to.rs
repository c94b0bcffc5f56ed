//! Where the two halves meet: the server is told how a run on the worker is.

use crate::TaskState;
use crate::server::World;
use crate::worker::Moment;

/// Tells the server how the run is that its queued task `id` stands for. It is to be given to
/// [`Control::watch`](crate::worker::Control::watch).
///
/// ```
/// use octopus_sim::worker::{Control, Runbook, Step, Syntax, Variables, Worker};
/// use octopus_sim::{Octopus, TaskState, report_to};
///
/// let octopus = Octopus::start();
/// let id = octopus.tasks().queue();
/// let runbook = Runbook::new().step(Step::script("Work", Syntax::Bash, "echo busy; sleep 60"));
/// let variables = Variables::of_run(octopus.url()).with("Octopus.Task.Id", &id);
/// let control = Control::new().cancel_at("busy").watch(report_to(&octopus, &id));
/// runbook.run_under(control, &Worker::new(), variables)?;
/// let task = octopus.tasks().get(&id).expect("it is still there");
/// assert_eq!(task.state, TaskState::Canceled);
/// # Ok::<(), octopus_sim::worker::WorkerError>(())
/// ```
pub fn report_to<'a>(server: &'a World, id: &'a str) -> impl FnMut(&Moment<'_>) + 'a {
    move |moment| {
        let Moment::State(state) = moment else {
            return;
        };
        let tasks = server.tasks();
        match *state {
            TaskState::Executing => tasks.start(id),
            TaskState::Cancelling => {
                // A cancellation that began on the server is known there.
                let task = tasks.get(id);
                if task.is_some_and(|task| task.state == TaskState::Executing) {
                    tasks.cancel(id);
                }
            }
            end => tasks.end(id, end),
        }
    }
}
