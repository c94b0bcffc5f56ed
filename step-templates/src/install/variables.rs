//! The project variable that the create and delete steps authenticate with.
//!
//! The set of variables goes back whole, as it came: a sensitive variable whose element is rebuilt
//! loses its value (go-octopusdeploy #449 and #450).

use color_eyre::eyre::{Result, bail};
use octopus::Secret;
use serde_json::{Value, json};

use super::example::process_path;
use super::kind::{PROCESS, VARIABLE};
use super::project::Project;
use super::server::refusal;
use super::space::{Space, field, items};
use super::templates::Templates;

/// A variable, by what it stands for.
pub enum Variable {
    /// A Generic OIDC account, by its ID.
    Identity(String),
    /// A service account's API key.
    ApiKey(Secret),
}

impl Variable {
    /// Returns its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Identity(_) => "Automation.Identity",
            Self::ApiKey(_) => "Automation.ApiKey",
        }
    }

    /// Returns the parameter of the step templates that takes it, and the value that it takes: the
    /// name of an account's variable (`OctoterraWizard`), or an expression.
    pub fn parameter(&self) -> (&'static str, Value) {
        match self {
            Self::Identity(_) => ("Identity", self.name().into()),
            Self::ApiKey(_) => {
                let bound = format!("#{{{}}}", self.name());
                ("ApiKey", json!({ "HasValue": true, "NewValue": bound }))
            }
        }
    }

    /// Returns it as an element of a set (go-octopusdeploy, `variables/variable_service.go`;
    /// `OctopusClients`, `VariableType.cs`).
    fn element(&self, scope: &Value) -> Value {
        let (kind, value) = match self {
            Self::Identity(account) => ("GenericOidcAccount", account.as_str()),
            Self::ApiKey(key) => ("Sensitive", key.expose()),
        };
        json!({
            "Name": self.name(), "Type": kind, "Value": value, "Scope": scope,
            "Description": "For the steps that create and delete run keys.",
            "IsSensitive": kind == "Sensitive", "IsEditable": true,
        })
    }

    /// Returns whether an element of a set is this variable for a runbook.
    fn is_for(&self, element: &Value, runbook: &Value) -> bool {
        let name = element["Name"].as_str();
        let owners = &element["Scope"]["ProcessOwner"];
        let mut owners = items(owners).peekable();
        name.is_some_and(|name| name.eq_ignore_ascii_case(self.name()))
            && (owners.peek().is_none() || owners.any(|owner| *owner == runbook["Id"]))
    }
}

/// Adds the variable to the project, in the scope of the runbooks that lack it, and of their create and
/// delete steps where the server offers these.
pub fn set(
    space: &Space,
    project: &Project,
    variable: &Variable,
    templates: &Templates,
) -> Result<()> {
    let name = variable.name();
    let actions = actions(space, project, templates)?;
    let path = format!("variables/{}", field(&project.document, "VariableSetId")?);
    let undo = format!("Delete the variable '{name}' of the project.");
    let path = space.path(&path);
    space.change(&VARIABLE, name, &path, Some(undo), &|set| {
        let owners = lacking(set, project, variable)?;
        if owners.is_empty() {
            return Ok(None);
        }
        let offers = |action: &Value| {
            items(&set["ScopeValues"]["Actions"]).any(|offered| offered["Id"] == *action)
        };
        let mut scope = json!({ "ProcessOwner": owners });
        let mut done = "created: every step of the runbooks can read it. Scope it to the create and delete steps, if the portal offers them";
        if !actions.is_empty() && actions.iter().all(offers) {
            scope["Action"] = actions.clone().into();
            done = "created: only the create and delete steps can read it";
        }
        let Some(elements) = set["Variables"].as_array_mut() else {
            bail!("The server's response has no list of variables.");
        };
        elements.push(variable.element(&scope));
        Ok(Some(done.to_owned()))
    })
}

/// Returns the IDs of the runbooks that have no variable of this name. One of another value is refused.
fn lacking(set: &Value, project: &Project, variable: &Variable) -> Result<Vec<Value>> {
    let wanted = variable.element(&Value::Null);
    let mut lacking = Vec::new();
    for runbook in &project.runbooks {
        let mut known = items(&set["Variables"]).filter(|it| variable.is_for(it, runbook));
        let Some(known) = known.next() else {
            lacking.push(runbook["Id"].clone());
            continue;
        };
        // The value of a sensitive variable is not shown.
        let is_same = wanted["IsSensitive"] == true || known["Value"] == wanted["Value"];
        if known["Type"] != wanted["Type"] || !is_same {
            return Err(refusal(
                format!(
                    "The project has another variable '{}' for these runbooks.",
                    variable.name()
                ),
                "Rename it in the portal, and run this again.",
            ));
        }
    }
    Ok(lacking)
}

/// Returns the IDs of the runbooks' steps that use our create and delete templates.
fn actions(space: &Space, project: &Project, templates: &Templates) -> Result<Vec<Value>> {
    let ours = templates.with_credential();
    let mut found = Vec::new();
    for runbook in &project.runbooks {
        let process = space.read(&PROCESS, &process_path(space, runbook)?, &[])?;
        let actions = items(&process["Steps"]).flat_map(|step| items(&step["Actions"]));
        let actions = actions
            .filter(|action| ours.contains(&&action["Properties"]["Octopus.Action.Template.Id"]));
        found.extend(actions.map(|action| action["Id"].clone()));
    }
    Ok(found)
}
