//! The variables of a run: some of them sensitive, some of them only for certain steps.

use std::collections::BTreeMap;

use super::result::StepResult;
use super::rolling::Target;
use super::substitution;

/// One variable's value, as it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variable {
    /// The text, in which `#{…}` may still stand for other variables.
    pub value: String,
    /// Whether the log must hide the value.
    pub sensitive: bool,
}

/// Variables by name, in which upper and lower case are the same, and further values that the log
/// must hide.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    values: Named,
    scoped: Vec<(Scope, String, Variable)>,
    masked: Vec<String>,
}

/// The name as it was first given, and the variable, by the name in one case.
type Named = BTreeMap<String, (String, Variable)>;

/// Where a variable takes precedence over one that is for every step; elsewhere it is not set.
#[derive(Clone, Debug)]
enum Scope {
    /// The steps of these names.
    Steps(Vec<String>),
    /// The deployment target of this ID.
    Target(String),
}

impl Variables {
    /// Sets a variable in the open.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.set(name, value, false);
        self
    }

    /// Sets a variable, sensitive or not, for every step.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>, sensitive: bool) {
        let value = value.into();
        insert(&mut self.values, name.into(), Variable { value, sensitive });
    }

    /// Sets a variable for the steps of these names only.
    pub fn set_for(
        &mut self,
        steps: &[&str],
        name: impl Into<String>,
        value: impl Into<String>,
        sensitive: bool,
    ) {
        let steps = steps.iter().map(|&step| step.to_owned()).collect();
        let value = value.into();
        let variable = Variable { value, sensitive };
        self.scoped
            .push((Scope::Steps(steps), name.into(), variable));
    }

    /// Sets a variable for the deployment target of this ID only.
    pub(super) fn set_on(&mut self, target: &Target, name: String, variable: Variable) {
        let scope = Scope::Target(target.id.clone());
        self.scoped.push((scope, name, variable));
    }

    /// Takes a variable out again, for every step.
    pub fn remove(&mut self, name: &str) {
        self.values.remove(&key(name));
    }

    /// Has the log hide `value` from here on.
    fn mask(&mut self, value: impl Into<String>) {
        self.masked.push(value.into());
    }

    /// Sets what a step put out for those behind it, and has the log hide what it masked.
    pub(super) fn pass_on(&mut self, step: &str, result: &StepResult) {
        for (name, output) in &result.outputs {
            let name = format!("Octopus.Action[{step}].Output.{name}");
            self.set(name, &output.value, output.sensitive);
        }
        for secret in &result.masks {
            self.mask(secret);
        }
    }

    /// Adds the `others`, which win over variables of the same name.
    pub fn extend(&mut self, others: &Self) {
        self.values.extend(others.values.clone());
        self.scoped.extend(others.scoped.iter().cloned());
        self.masked.extend(others.masked.iter().cloned());
    }

    /// Those that the step of this name gets, but for those of a deployment target.
    pub(super) fn in_scope_of(&self, step: &str) -> Self {
        self.within(|scope| match scope {
            Scope::Steps(steps) => steps.iter().any(|name| name == step),
            Scope::Target(_) => false,
        })
    }

    /// Those that a step gets on this deployment target.
    pub(super) fn on_target(&self, target: &Target) -> Self {
        self.within(|scope| matches!(scope, Scope::Target(id) if *id == target.id))
            .with("Octopus.Machine.Id", &target.id)
            .with("Octopus.Machine.Name", &target.name)
    }

    fn within(&self, is_meant: impl Fn(&Scope) -> bool) -> Self {
        let mut own = self.clone();
        for (scope, name, variable) in &self.scoped {
            if is_meant(scope) {
                insert(&mut own.values, name.clone(), variable.clone());
            }
        }
        own
    }

    /// The variable as it was given, or `None`.
    pub fn raw(&self, name: &str) -> Option<&Variable> {
        self.values.get(&key(name)).map(|(_, variable)| variable)
    }

    /// The value as a script sees it, sensitive or not: every known `#{…}` in it is replaced.
    pub fn get(&self, name: &str) -> Option<String> {
        substitution::value_of(name, self)
    }

    /// The names and the values as they were given.
    pub fn all_raw(&self) -> impl Iterator<Item = (&str, &str)> {
        let values = self.values.values();
        values.map(|(name, variable)| (name.as_str(), variable.value.as_str()))
    }

    /// The names and the values as a script sees them.
    pub fn evaluated(&self) -> impl Iterator<Item = (&str, String)> {
        self.all_raw()
            .map(|(name, value)| (name, substitution::substitute(value, self)))
    }

    /// A variable whose value leads back to itself, for which Octopus runs no step at all.
    pub fn leading_to_itself(&self) -> Option<&str> {
        let mut names = self.all_raw().map(|(name, _)| name);
        names.find(|name| substitution::leads_to_itself(name, self))
    }

    /// Everything that the log must hide.
    pub fn secrets(&self) -> Vec<String> {
        let variables = self.values.values().map(|(_, variable)| variable);
        variables
            .filter(|variable| variable.sensitive)
            .map(|variable| substitution::substitute(&variable.value, self))
            .chain(self.masked.iter().cloned())
            .filter(|secret| !secret.is_empty())
            .collect()
    }
}

fn insert(values: &mut Named, name: String, variable: Variable) {
    let entry = values.entry(key(&name));
    entry.or_insert_with(|| (name, Variable::default())).1 = variable;
}

/// Names are the same in upper and lower case.
fn key(name: &str) -> String {
    name.to_lowercase()
}
