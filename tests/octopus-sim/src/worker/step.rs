//! One step of a runbook: a script, the values of its parameters, and when it runs.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::WorkerError;
use super::package::Package;
use super::template::{Syntax, Template};
use super::variables::Variables;

/// One step of a runbook: a template's, or a script of the user's own. They run the same way.
#[derive(Clone, Debug)]
pub struct Step {
    name: String,
    pub(super) syntax: Syntax,
    pub(super) body: String,
    /// The parameters of the template, with whether each is sensitive.
    parameters: BTreeMap<String, bool>,
    /// The parameters that name an account variable.
    pub(super) accounts: Vec<String>,
    pub(super) variables: Variables,
    pub(super) packages: Vec<Package>,
    /// Whether it runs also after a step that failed.
    always: bool,
}

impl Step {
    /// A step made from the JSON of an exported step template; its parameters have their defaults,
    /// and none of its packages is acquired.
    pub fn from_template(name: &str, json: &str) -> Result<Self, WorkerError> {
        let template: Template = serde_json::from_str(json)?;
        let mut step = Self::script(name, template.properties.syntax, &template.properties.body);
        for parameter in template.parameters {
            let sensitive = parameter.is_sensitive();
            step.parameters.insert(parameter.name.clone(), sensitive);
            if parameter.is_oidc_account() {
                step.accounts.push(parameter.name.clone());
            }
            let default = parameter.default_value.unwrap_or_default();
            step = step.parameter(&parameter.name, &default);
        }
        let packages = template.packages.into_iter();
        step.packages.extend(packages.map(|package| Package {
            name: package.name,
            content: None,
        }));
        Ok(step)
    }

    /// A plain script step.
    pub fn script(name: &str, syntax: Syntax, body: &str) -> Self {
        Self {
            name: name.to_owned(),
            syntax,
            body: body.to_owned(),
            parameters: BTreeMap::new(),
            accounts: Vec::new(),
            variables: Variables::default(),
            packages: Vec::new(),
            always: false,
        }
    }

    /// Fills in a parameter of the template. One that is left empty is left out: the script has no
    /// such variable.
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        let sensitive = self.parameters.get(name);
        let sensitive = *sensitive
            .unwrap_or_else(|| panic!("The step '{}' has no parameter '{name}'.", self.name));
        if value.is_empty() {
            self.variables.remove(name);
        } else {
            self.variables.set(name, value, sensitive);
        }
        self
    }

    /// Declares a parameter of the step itself, as an action's property does. It may name an account
    /// variable.
    pub fn property(mut self, name: &str, value: &str, sensitive: bool) -> Self {
        self.parameters.insert(name.to_owned(), sensitive);
        self.accounts.push(name.to_owned());
        self.parameter(name, value)
    }

    /// Has the package `name` acquired, with what is in `folder`. The worker unpacks it again for the
    /// step.
    pub fn package(mut self, name: &str, folder: &Path) -> Self {
        self.packages.retain(|package| package.name != name);
        self.packages.push(Package {
            name: name.to_owned(),
            content: Some(folder.to_path_buf()),
        });
        self
    }

    /// Has it run also after a step that failed.
    pub fn always(mut self) -> Self {
        self.always = true;
        self
    }

    /// The name by which later steps read its output variables.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it runs after steps that did or did not all succeed.
    pub(super) fn is_due(&self, all_succeeded: bool) -> bool {
        all_succeeded || self.always
    }
}
