//! What came of a run.

use std::fmt::Write as _;

use super::log::render;
use super::result::StepResult;
use crate::TaskState;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// It ran and exited with zero.
    Succeeded,
    /// It ran and failed.
    Failed,
    /// It was running when the run was canceled, and was killed.
    Canceled,
    /// It did not run, since an earlier step had failed or the run was canceled.
    Skipped,
}

/// A step's place in the record of a run.
#[derive(Clone, Debug)]
pub struct StepRecord {
    /// The step's name.
    pub name: String,
    /// The name of the deployment target that it ran on, if it did.
    pub target: Option<String>,
    /// What came of it; `None` when it was skipped.
    pub result: Option<StepResult>,
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct TaskResult {
    /// Every step, in order.
    pub steps: Vec<StepRecord>,
}

impl StepRecord {
    /// How the step ended.
    pub fn state(&self) -> StepState {
        match self.result.as_ref().map(|result| result.exit_code) {
            None => StepState::Skipped,
            Some(None) => StepState::Canceled,
            Some(Some(0)) => StepState::Succeeded,
            Some(Some(_)) => StepState::Failed,
        }
    }
}

impl TaskResult {
    /// Whether the run went to its end and no step failed.
    pub fn success(&self) -> bool {
        self.state() == TaskState::Success
    }

    /// How the run ended.
    pub fn state(&self) -> TaskState {
        let any = |state| self.steps.iter().any(|step| step.state() == state);
        if any(StepState::Canceled) {
            TaskState::Canceled
        } else if any(StepState::Failed) {
            TaskState::Failed
        } else {
            TaskState::Success
        }
    }

    /// What came of the step of this name; `None` when it was skipped or there is none.
    pub fn step(&self, name: &str) -> Option<&StepResult> {
        let mut steps = self.steps.iter();
        steps.find(|step| step.name == name)?.result.as_ref()
    }

    /// What came of the step of this name on the deployment target of that name.
    pub fn step_on(&self, name: &str, target: &str) -> Option<&StepResult> {
        let mut steps = self.steps.iter();
        let is_it =
            |step: &&StepRecord| step.name == name && step.target.as_deref() == Some(target);
        steps.find(is_it)?.result.as_ref()
    }

    /// The task log as Octopus shows it, with colors for a terminal when `colored`.
    pub fn render(&self, colored: bool) -> String {
        let mut shown = String::new();
        for (number, step) in (1..).zip(&self.steps) {
            let state = format!("{:?}", step.state()).to_lowercase();
            let target = step.target.as_ref();
            let target = target.map_or_else(String::new, |target| format!(" on {target}"));
            writeln!(shown, "Step {number}: {}{target} ({state})", step.name)
                .expect("a String takes every text");
            if let Some(result) = &step.result {
                shown.push_str(&render(&result.log, 2, colored));
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
        (_, None) => "The run was canceled".to_owned(),
        (Some(message), Some(_)) => message.clone(),
        (None, Some(code)) => format!("The remote script failed with exit code {code}"),
    }
}
