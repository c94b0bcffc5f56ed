//! A runbook: steps in order, each seeing the output variables of those before it.

use super::control::{Control, Moment};
use super::error::WorkerError;
use super::machine::Worker;
use super::result::{StepResult, Stop};
use super::step::{RunCondition, Step};
use super::task::{StepRecord, TaskResult};
use super::task_state::TaskState;
use super::variables::Variables;

/// Steps that run one after the other.
#[derive(Clone, Debug, Default)]
pub struct Runbook {
    steps: Vec<Step>,
}

impl Runbook {
    /// A runbook without steps.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step at the end.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Runs the steps on `worker`, starting from the system's `variables`.
    ///
    /// # Errors
    /// When the worker cannot run a step at all.
    pub fn run(&self, worker: &Worker, variables: Variables) -> Result<TaskResult, WorkerError> {
        self.run_under(Control::new(), worker, variables)
    }

    /// Runs the steps as [`run`](Self::run) does, under a control that may stop them.
    ///
    /// # Errors
    /// When the worker cannot run a step at all.
    pub fn run_under(
        &self,
        mut control: Control<'_>,
        worker: &Worker,
        mut variables: Variables,
    ) -> Result<TaskResult, WorkerError> {
        let mut task = TaskResult::default();
        control.tell(&Moment::State(TaskState::Executing));
        for step in &self.steps {
            let name = step.name().to_owned();
            let mut result = None;
            if is_to_run(step, &mut task, &mut control) {
                let ended = worker.run_under(&mut control, step, &variables)?;
                hand_on(&name, &ended, &mut variables);
                task.stop = ended.stop;
                control.tell(&Moment::StepEnded(&name, &ended));
                result = Some(ended);
            }
            task.steps.push(StepRecord { name, result });
        }
        control.tell(&Moment::State(task.state()));
        Ok(task)
    }
}

/// Whether this step is to run after those that the task holds. Somebody may cancel the run when he
/// is told that it is to start.
fn is_to_run(step: &Step, task: &mut TaskResult, control: &mut Control<'_>) -> bool {
    let due = step.condition() == RunCondition::Always || task.success();
    if task.stop.is_some() || !due {
        return false;
    }
    let cancelled = |control: &Control<'_>| control.cancellation().is_requested();
    if !cancelled(control) {
        control.tell(&Moment::StepStarts(step.name()));
    }
    if cancelled(control) {
        task.stop = Some(Stop::Canceled);
        control.tell(&Moment::State(TaskState::Cancelling));
    }
    task.stop.is_none()
}

/// Gives later steps the output variables of this one, and the values to hide.
fn hand_on(step: &str, result: &StepResult, variables: &mut Variables) {
    for (name, output) in &result.outputs {
        let name = format!("Octopus.Action[{step}].Output.{name}");
        variables.set(name, &output.value, output.sensitive);
    }
    for secret in &result.masks {
        variables.mask(secret);
    }
}
