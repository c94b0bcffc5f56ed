//! A runbook: steps in order, each seeing the output variables of those before it.

use super::control::{Control, Moment};
use super::error::WorkerError;
use super::machine::Worker;
use super::rolling::{self, Rolling, Target};
use super::step::Step;
use super::task::{StepRecord, TaskResult};
use super::variables::Variables;
use crate::TaskState;

/// Steps that run one after the other.
#[derive(Clone, Debug, Default)]
pub struct Runbook {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Step(Box<Step>),
    Rolling(Rolling),
}

impl Runbook {
    /// A runbook without steps.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step at the end.
    pub fn step(mut self, step: Step) -> Self {
        self.parts.push(Part::Step(Box::new(step)));
        self
    }

    /// Adds steps that run on each of these deployment targets, given by ID and name, on `window`
    /// targets at a time. A [`Control`] is not told of them.
    pub fn rolling(mut self, targets: &[(&str, &str)], window: usize, steps: Vec<Step>) -> Self {
        let targets = targets.iter().map(|(id, name)| Target {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
        });
        self.parts.push(Part::Rolling(Rolling {
            targets: targets.collect(),
            window,
            steps,
        }));
        self
    }

    /// Runs the steps on `worker`, starting from the system's `variables`.
    pub fn run(&self, worker: &Worker, variables: Variables) -> Result<TaskResult, WorkerError> {
        self.run_under(Control::new(), worker, variables)
    }

    /// Runs the steps as [`run`](Self::run) does, under a control that may stop them.
    pub fn run_under(
        &self,
        mut control: Control<'_>,
        worker: &Worker,
        mut variables: Variables,
    ) -> Result<TaskResult, WorkerError> {
        let mut task = TaskResult::default();
        for name in self.step_names() {
            variables.set(format!("Octopus.Action[{name}].Name"), name, false);
        }
        control.tell(&Moment::State(TaskState::Executing));
        for part in &self.parts {
            match part {
                Part::Step(step) => {
                    run_step(step, &mut task, &mut control, worker, &mut variables)?;
                }
                Part::Rolling(_) if control.is_canceled() => {}
                Part::Rolling(rolling) => {
                    run_rolling(rolling, &mut task, worker, &mut variables)?;
                }
            }
        }
        control.tell(&Moment::State(task.state()));
        Ok(task)
    }

    fn step_names(&self) -> impl Iterator<Item = &str> {
        let steps = self.parts.iter().flat_map(|part| match part {
            Part::Step(step) => std::slice::from_ref(step.as_ref()),
            Part::Rolling(rolling) => rolling.steps.as_slice(),
        });
        steps.map(Step::name)
    }
}

fn run_step(
    step: &Step,
    task: &mut TaskResult,
    control: &mut Control<'_>,
    worker: &Worker,
    variables: &mut Variables,
) -> Result<(), WorkerError> {
    let mut result = None;
    if !control.is_canceled() && step.is_due(task.success()) {
        control.tell(&Moment::StepStarts(step.name()));
        let ended = worker.run_under(control, step, variables)?;
        variables.pass_on(step.name(), &ended);
        result = Some(ended);
    }
    task.steps.push(StepRecord {
        name: step.name().to_owned(),
        target: None,
        result,
    });
    Ok(())
}

fn run_rolling(
    rolling: &Rolling,
    task: &mut TaskResult,
    worker: &Worker,
    variables: &mut Variables,
) -> Result<(), WorkerError> {
    for (target, results) in rolling.run(worker, variables, task.success())? {
        for (step, result) in rolling.steps.iter().zip(results) {
            if let Some(result) = &result {
                rolling::pass_on(step.name(), result, target, variables);
            }
            task.steps.push(StepRecord {
                name: step.name().to_owned(),
                target: Some(target.name.clone()),
                result,
            });
        }
    }
    Ok(())
}
