//! One step of a runbook: a script, the values of its parameters, and when it runs.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::error::WorkerError;
use super::package::Package;
use super::shells::Syntax;
use super::variables::Variables;

/// One step of a runbook: a template's, or a script of the user's own. They run the same way.
#[derive(Clone, Debug)]
pub struct Step {
    name: String,
    pub(super) syntax: Syntax,
    pub(super) body: String,
    /// The parameters of the template, with whether each is sensitive.
    pub(super) parameters: BTreeMap<String, bool>,
    pub(super) variables: Variables,
    pub(super) packages: Vec<Package>,
    /// Whether it runs also after a step that failed.
    always: bool,
}

impl Step {
    /// A step made from the JSON of an exported step template; its parameters have their defaults,
    /// and none of its packages is acquired.
    pub fn from_template(name: &str, json: &str) -> Result<Self, WorkerError> {
        let template: Value = serde_json::from_str(json)?;
        let mut step = Self::of_properties(name, &template["Properties"]);
        for parameter in list(&template["Parameters"]) {
            let control = text(&parameter["DisplaySettings"]["Octopus.ControlType"]);
            let default = text(&parameter["DefaultValue"]);
            step = step.declare(text(&parameter["Name"]), default, control == "Sensitive");
        }
        let packages = list(&template["Packages"]);
        step.packages.extend(packages.map(|package| Package {
            name: text(&package["Name"]).to_owned(),
            content: None,
        }));
        Ok(step)
    }

    /// The step of an action in a process, without its packages.
    pub(crate) fn from_action(action: &Value) -> Self {
        let properties = &action["Properties"];
        let mut step = Self::of_properties(text(&action["Name"]), properties);
        for (name, value) in properties.as_object().into_iter().flatten() {
            if name.starts_with("Octopus.Action.") {
                continue;
            }
            let secret = value.get("NewValue");
            step = step.declare(name, text(secret.unwrap_or(value)), secret.is_some());
        }
        step
    }

    fn of_properties(name: &str, properties: &Value) -> Self {
        let syntax = match text(&properties["Octopus.Action.Script.Syntax"]) {
            "PowerShell" => Syntax::PowerShell,
            _ => Syntax::Bash,
        };
        let body = text(&properties["Octopus.Action.Script.ScriptBody"]);
        Self::script(name, syntax, body)
    }

    /// A plain script step.
    pub fn script(name: &str, syntax: Syntax, body: &str) -> Self {
        Self {
            name: name.to_owned(),
            syntax,
            body: body.to_owned(),
            parameters: BTreeMap::new(),
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

    fn declare(mut self, name: &str, value: &str, sensitive: bool) -> Self {
        self.parameters.insert(name.to_owned(), sensitive);
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

/// The items of an array; none of anything else.
pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A text; nothing for anything else.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
