//! The variables of a run, some of them sensitive.

use std::collections::BTreeMap;

use super::substitution;

/// One variable's value, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The text, in which `#{…}` may still stand for other variables.
    pub value: String,
    /// Whether the log must hide the value.
    pub sensitive: bool,
}

/// Variables by name, and further values that the log must hide.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    values: BTreeMap<String, Variable>,
    masked: Vec<String>,
}

impl Variables {
    /// Sets a variable in the open.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.set(name, value, false);
        self
    }

    /// Sets a variable, sensitive or not.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>, sensitive: bool) {
        let value = value.into();
        self.values
            .insert(name.into(), Variable { value, sensitive });
    }

    /// Has the log hide `value` from here on.
    pub fn mask(&mut self, value: impl Into<String>) {
        self.masked.push(value.into());
    }

    /// Adds the `others`, which win over variables of the same name.
    pub fn extend(&mut self, others: &Self) {
        self.values.extend(others.values.clone());
        self.masked.extend(others.masked.iter().cloned());
    }

    /// The variable as it was given, or `None`.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&Variable> {
        self.values.get(name)
    }

    /// The value as a script sees it, every known `#{…}` in it replaced.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        substitution::value_of(name, self)
    }

    /// The names and the values as a script sees them.
    pub fn evaluated(&self) -> impl Iterator<Item = (&str, String)> {
        let values = self.values.iter();
        values.map(|(name, variable)| (name.as_str(), substitute_value(&variable.value, self)))
    }

    /// Everything that the log must hide.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let sensitive = self.values.values().filter(|variable| variable.sensitive);
        sensitive
            .map(|variable| substitute_value(&variable.value, self))
            .chain(self.masked.iter().cloned())
            .filter(|secret| !secret.is_empty())
            .collect()
    }
}

fn substitute_value(value: &str, variables: &Variables) -> String {
    substitution::substitute(value, variables)
}
