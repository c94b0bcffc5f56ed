//! Steps that run on deployment targets, a few targets at a time.

use std::thread;

use super::control::Control;
use super::error::WorkerError;
use super::machine::Worker;
use super::result::StepResult;
use super::step::Step;
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
    /// Runs the steps on every target, and gives what came of each step on each target.
    pub fn run(
        &self,
        worker: &Worker,
        variables: &Variables,
        all_succeeded: bool,
    ) -> Result<Vec<(&Target, OnTarget)>, WorkerError> {
        let mut all = Vec::new();
        for targets in self.targets.chunks(self.window) {
            let results: Vec<_> = thread::scope(|scope| {
                let run_on = |target| {
                    let variables = variables.on_target(target);
                    scope.spawn(move || self.run_on(worker, variables, all_succeeded))
                };
                let running: Vec<_> = targets.iter().map(run_on).collect();
                let ended = running.into_iter().map(thread::ScopedJoinHandle::join);
                ended.map(|ended| ended.expect("no panic")).collect()
            });
            for (target, result) in targets.iter().zip(results) {
                all.push((target, result?));
            }
        }
        Ok(all)
    }

    fn run_on(
        &self,
        worker: &Worker,
        mut variables: Variables,
        mut all_succeeded: bool,
    ) -> Result<OnTarget, WorkerError> {
        let mut results = Vec::new();
        for step in &self.steps {
            if !step.is_due(all_succeeded) {
                results.push(None);
                continue;
            }
            let result = worker.run_under(&mut Control::new(), step, &variables)?;
            all_succeeded &= result.success();
            variables.pass_on(step.name(), &result);
            results.push(Some(result));
        }
        Ok(results)
    }
}

/// Gives later steps what a step put out on a target: by the target's name, on the target itself,
/// and, of the last target, everywhere.
pub(super) fn pass_on(step: &str, result: &StepResult, target: &Target, variables: &mut Variables) {
    for (name, output) in &result.outputs {
        let named = format!("Octopus.Action[{step}].Output[{}].{name}", target.name);
        variables.set(named, &output.value, output.sensitive);
        let plain = format!("Octopus.Action[{step}].Output.{name}");
        variables.set_on(target, plain, output.clone());
    }
    variables.pass_on(step, result);
}
