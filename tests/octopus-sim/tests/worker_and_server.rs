//! The server knows of a run what happens to it on the worker.

#![cfg(unix)]

use std::time::Duration;

use octopus_sim::worker::{
    Cancellation, Control, Moment, Runbook, Step, Syntax, Variables, Worker,
};
use octopus_sim::{Octopus, TaskState, report_to};

/// How the server's task ends when its one step runs this script.
fn end_of(script: &str) -> TaskState {
    let octopus = Octopus::start();
    let id = octopus.tasks().queue();
    let step = Step::script("Work", Syntax::Bash, script).time_limit(Duration::from_secs(2));
    let control = Control::new()
        .cancel_at("busy")
        .watch(report_to(&octopus, &id));
    Runbook::new()
        .step(step)
        .run_under(control, &Worker::new(), Variables::of_run(octopus.url()))
        .expect("Bash is here");
    octopus.tasks().get(&id).expect("it is there").state
}

#[test]
fn a_task_ends_on_the_server_as_its_run_does() {
    assert_eq!(end_of("true"), TaskState::Success);
    assert_eq!(end_of("exit 3"), TaskState::Failed);
    assert_eq!(end_of("echo busy; sleep 60"), TaskState::Canceled);
    assert_eq!(end_of("sleep 60"), TaskState::TimedOut);
}

#[test]
fn a_run_that_is_cancelled_on_the_server_is_cancelling_while_its_step_is_killed() {
    let octopus = Octopus::start();
    let id = octopus.tasks().queue();
    let cancellation = Cancellation::new();
    let mut states = Vec::new();
    let control = Control::new()
        .cancelled_by(&cancellation)
        .watch(report_to(&octopus, &id))
        .watch(|moment| {
            if matches!(moment, Moment::Line { text: "busy", .. }) {
                octopus.tasks().cancel(&id);
                cancellation.cancel();
            }
            if let Moment::State(_) = moment {
                let task = octopus.tasks().get(&id).expect("it is there");
                states.push(task.state);
            }
        });
    let step = Step::script("Work", Syntax::Bash, "echo busy; sleep 60");
    Runbook::new()
        .step(step)
        .run_under(control, &Worker::new(), Variables::of_run(octopus.url()))
        .expect("Bash is here");
    assert_eq!(
        states,
        [
            TaskState::Executing,
            TaskState::Cancelling,
            TaskState::Canceled
        ]
    );
}
