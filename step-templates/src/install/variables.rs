//! The project variable that the create and delete steps authenticate with.
//!
//! The set of variables goes back whole, as it came: a sensitive variable whose element is rebuilt
//! loses its value (go-octopusdeploy #449 and #450).

use color_eyre::eyre::{Result, bail, ensure};
use octopus::Secret;
use serde_json::{Value, json};

use super::kind::{PROCESS, VARIABLE};
use super::project::Project;
use super::space::{Space, field, items};
use super::templates::Templates;

/// A variable: its name, and what it stands for.
pub enum Variable {
    /// A Generic OIDC account, by its ID; a dry run has none that would be created.
    Identity(Option<String>),
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
            Self::Identity(account) => ("GenericOidcAccount", account.as_deref()),
            Self::ApiKey(key) => ("Sensitive", Some(key.expose())),
        };
        json!({
            "Name": self.name(), "Type": kind, "Value": value, "Scope": scope,
            "Description": "For the steps that create and delete run keys.",
            "IsSensitive": kind == "Sensitive", "IsEditable": true,
        })
    }
}

/// Adds the variable to the project, in the scope of the runbooks, and of their create and delete steps
/// where the server offers these.
pub fn set(
    space: &Space,
    project: &Project,
    variable: &Variable,
    templates: &Templates,
) -> Result<()> {
    let name = variable.name();
    let runbooks = project.runbooks.iter();
    let owners: Option<Vec<_>> = runbooks
        .map(|runbook| Some(runbook.document.as_ref()?["Id"].clone()))
        .collect();
    let Some(owners) = owners else {
        VARIABLE.say(name, "would be created");
        return Ok(());
    };
    let actions = actions(space, project, templates)?;
    let path = format!("variables/{}", field(&project.document, "VariableSetId")?);
    let is_changed = space.change(&VARIABLE, name, &space.path(&path), &|set| {
        let offers = |action: &Value| {
            items(&set["ScopeValues"]["Actions"]).any(|offered| offered["Id"] == *action)
        };
        let mut scope = json!({ "ProcessOwner": owners });
        let mut reader = "every step of the runbooks can read it. Scope it to the create and delete steps, if the portal offers them";
        if !actions.is_empty() && actions.iter().all(offers) {
            scope["Action"] = actions.clone().into();
            reader = "only the create and delete steps can read it";
        }
        let done = change(set, variable, &scope)?;
        Ok(done.map(|done| format!("{done}: {reader}")))
    })?;
    if is_changed {
        space.add_undo(format!("Delete the variable '{name}' of the project; if it was there before, take the new runbooks out of its scope."));
    }
    Ok(())
}

/// Adds the variable, or what is missing in its scope; nothing where all is there.
fn change(set: &mut Value, variable: &Variable, scope: &Value) -> Result<Option<&'static str>> {
    let wanted = variable.element(scope);
    let Some(elements) = set["Variables"].as_array_mut() else {
        bail!("The server's response has no list of variables.");
    };
    let same_name = |element: &&mut Value| {
        let name = element["Name"].as_str();
        let is_named = name.is_some_and(|name| name.eq_ignore_ascii_case(variable.name()));
        let owners = &element["Scope"]["ProcessOwner"];
        let is_unscoped = items(owners).next().is_none();
        is_named
            && (is_unscoped
                || items(owners).any(|it| items(&scope["ProcessOwner"]).any(|own| own == it)))
    };
    let Some(known) = elements.iter_mut().find(same_name) else {
        elements.push(wanted);
        return Ok(Some("created"));
    };
    // The value of a sensitive variable is not shown.
    let is_ours = known["Type"] == wanted["Type"]
        && (wanted["IsSensitive"] == true || known["Value"] == wanted["Value"]);
    ensure!(
        is_ours,
        "The project has another variable '{}' for these runbooks. Rename it in the portal, and run this again.",
        variable.name()
    );
    let mut is_changed = false;
    for kind in ["ProcessOwner", "Action"] {
        // An empty list means all.
        if let Some(known) = known["Scope"][kind]
            .as_array_mut()
            .filter(|it| !it.is_empty())
        {
            let missing = items(&scope[kind]).filter(|id| !known.contains(id));
            let missing: Vec<_> = missing.cloned().collect();
            is_changed |= !missing.is_empty();
            known.extend(missing);
        }
    }
    Ok(is_changed.then_some("extended to all the runbooks"))
}

/// Returns the IDs of the runbooks' steps that authenticate: those that use our create and delete
/// templates.
fn actions(space: &Space, project: &Project, templates: &Templates) -> Result<Vec<Value>> {
    let ours = templates.with_credential();
    let mut found = Vec::new();
    for runbook in project
        .runbooks
        .iter()
        .filter_map(|it| it.document.as_ref())
    {
        let path = format!("runbookProcesses/{}", field(runbook, "RunbookProcessId")?);
        let process = space.read(&PROCESS, &space.path(&path), &[])?;
        let actions = items(&process["Steps"]).flat_map(|step| items(&step["Actions"]));
        let actions = actions
            .filter(|action| ours.contains(&&action["Properties"]["Octopus.Action.Template.Id"]));
        found.extend(actions.map(|action| action["Id"].clone()));
    }
    Ok(found)
}
