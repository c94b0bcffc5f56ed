//! A runbook: steps in order, each seeing the output variables of those before it.

use std::fmt::Write as _;

use super::log::render;
use super::result::StepResult;
use super::step::{RunCondition, Step};
use super::variables::Variables;
use super::{Worker, WorkerError};

/// Steps that run one after the other.
#[derive(Clone, Debug, Default)]
pub struct Runbook {
    steps: Vec<Step>,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// It ran and exited with zero.
    Succeeded,
    /// It ran and failed.
    Failed,
    /// It did not run, since an earlier step failed.
    Skipped,
}

/// A step's place in the record of a run.
#[derive(Clone, Debug)]
pub struct StepRecord {
    /// The step's name.
    pub name: String,
    /// What came of it; `None` when it was skipped.
    pub result: Option<StepResult>,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct TaskResult {
    /// Every step, in order.
    pub steps: Vec<StepRecord>,
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
        let mut variables = variables;
        let mut task = TaskResult { steps: Vec::new() };
        for step in &self.steps {
            let runs = step.condition() == RunCondition::Always || task.success();
            let result = runs.then(|| worker.run(step, &variables)).transpose()?;
            if let Some(result) = &result {
                hand_on(step.name(), result, &mut variables);
            }
            let name = step.name().to_owned();
            task.steps.push(StepRecord { name, result });
        }
        Ok(task)
    }
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

impl StepRecord {
    /// How the step ended.
    #[must_use]
    pub fn state(&self) -> StepState {
        match &self.result {
            None => StepState::Skipped,
            Some(result) if result.success() => StepState::Succeeded,
            Some(_) => StepState::Failed,
        }
    }
}

impl TaskResult {
    /// Whether no step failed.
    #[must_use]
    pub fn success(&self) -> bool {
        let mut steps = self.steps.iter();
        steps.all(|step| step.state() != StepState::Failed)
    }

    /// What came of the step of this name; `None` when it was skipped or there is none.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&StepResult> {
        let mut steps = self.steps.iter();
        steps.find(|step| step.name == name)?.result.as_ref()
    }

    /// The task log as Octopus shows it, with colours for a terminal when `coloured`.
    #[must_use]
    pub fn render(&self, coloured: bool) -> String {
        let mut shown = String::new();
        for (number, step) in (1..).zip(&self.steps) {
            let state = match step.state() {
                StepState::Succeeded => "success",
                StepState::Failed => "failed",
                StepState::Skipped => "skipped",
            };
            writeln!(shown, "Step {number}: {} ({state})", step.name)
                .expect("a String takes every text");
            if let Some(result) = &step.result {
                shown.push_str(&render(&result.log, 2, coloured));
                if !result.success() {
                    writeln!(shown, "  {}", failure(result)).expect("a String takes every text");
                }
            }
        }
        shown
    }
}

/// The reason of a failed step in the overview of its task.
fn failure(result: &StepResult) -> String {
    match (&result.result_message, result.exit_code) {
        (Some(message), _) => message.clone(),
        (None, Some(code)) => format!("The remote script failed with exit code {code}"),
        (None, None) => "The remote script was ended by a signal".to_owned(),
    }
}
