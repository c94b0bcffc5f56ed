//! Where the two halves meet: the server is told how a run on the worker is.

use crate::TaskState;
use crate::server::World;
use crate::worker::Moment;

/// Tells the server how the run is that its queued task `id` stands for. It is to be given to
/// [`Control::watch`](crate::worker::Control::watch).
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
