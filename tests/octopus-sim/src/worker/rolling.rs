//! Steps that run on deployment targets, a few targets at a time.

use std::sync::Mutex;
use std::sync::PoisonError;

use super::control::Control;
use super::error::WorkerError;
use super::machine::Worker;
use super::result::StepResult;
use super::step::{RunCondition, Step};
use super::task::StepRecord;
use super::variables::Variables;

/// A deployment target.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Such as `Machines-7`.
    pub id: String,
    pub name: String,
}

/// Steps that run in order on each target.
#[derive(Clone, Debug)]
pub(super) struct Rolling {
    pub targets: Vec<Target>,
    /// How many targets at a time.
    pub window: usize,
    pub steps: Vec<Step>,
}

/// What came of the steps on one target, in order.
type OnTarget = Vec<Option<StepResult>>;

impl Rolling {
    /// Runs the steps on every target, unless `failed` keeps them from it, and gives what came of
    /// each step on each target.
    pub fn run(
        &self,
        worker: &Worker,
        control: &Control<'_>,
        variables: &Variables,
        failed: bool,
    ) -> Result<Vec<(Target, OnTarget)>, WorkerError> {
        let waiting = Mutex::new(self.targets.iter());
        let done = Mutex::new(Vec::new());
        let next = || {
            waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .next()
        };
        let control = control.beside();
        std::thread::scope(|scope| {
            for _ in 0..self.window.max(1) {
                let (next, done, control) = (&next, &done, &control);
                scope.spawn(move || {
                    let mut control = control();
                    while let Some(target) = next() {
                        let result = self.run_on(target, worker, &mut control, variables, failed);
                        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                        done.push((target.clone(), result));
                    }
                });
            }
        });
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut all = Vec::new();
        for (target, result) in done {
            all.push((target, result?));
        }
        let place = |id: &str| self.targets.iter().position(|target| target.id == id);
        all.sort_by_key(|(target, _)| place(&target.id));
        Ok(all)
    }

    fn run_on(
        &self,
        target: &Target,
        worker: &Worker,
        control: &mut Control<'static>,
        variables: &Variables,
        mut failed: bool,
    ) -> Result<OnTarget, WorkerError> {
        let mut variables = variables.on_target(&target.id, &target.name);
        let mut results = Vec::new();
        for step in &self.steps {
            let due = !failed || step.condition() == RunCondition::Always;
            if !due || control.cancellation().is_requested() {
                results.push(None);
                continue;
            }
            let result = worker.run_under(control, step, &variables)?;
            failed |= !result.success();
            for (name, output) in &result.outputs {
                let name = format!("Octopus.Action[{}].Output.{name}", step.name());
                variables.set(name, &output.value, output.sensitive);
            }
            for secret in &result.masks {
                variables.mask(secret);
            }
            results.push(Some(result));
        }
        Ok(results)
    }
}

/// Gives later steps what a step put out on a target: by the target's name, on the target itself,
/// and, of the last target, everywhere.
pub(super) fn pass_on(record: &StepRecord, target: &Target, variables: &mut Variables) {
    let Some(result) = &record.result else {
        return;
    };
    let step = &record.name;
    for (name, output) in &result.outputs {
        let (value, sensitive) = (&output.value, output.sensitive);
        let plain = format!("Octopus.Action[{step}].Output.{name}");
        let named = format!("Octopus.Action[{step}].Output[{}].{name}", target.name);
        variables.set(named, value, sensitive);
        variables.set_on(&target.id, &plain, value, sensitive);
        variables.set(plain, value, sensitive);
    }
    for secret in &result.masks {
        variables.mask(secret);
    }
}
