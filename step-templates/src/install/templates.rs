//! The step templates in a space: those that are missing are imported; others of the same name are kept,
//! or updated on request.

use color_eyre::eyre::{OptionExt as _, Result};
use serde_json::{Value, json};

use super::kind::TEMPLATE;
use super::space::{Space, id, items};
use crate::export::build_all;
use crate::metadata::{Metadata, Shell};

/// What is sent of an exported template: the rest belongs to the export (terraform-provider-octopusdeploy,
/// `resource_step_template.go`).
const SENT: [&str; 7] = [
    "Name",
    "Description",
    "ActionType",
    "Properties",
    "Parameters",
    "Packages",
    "GitDependencies",
];

/// The templates of ours that the space has.
pub struct Templates {
    ours: Vec<Value>,
    /// The names of those that are not as they are exported.
    pub foreign: Vec<String>,
}

impl Templates {
    /// Imports those that the space has nothing of the name of, and with `update` replaces what differs.
    pub fn import(space: &Space, update: bool) -> Result<Self> {
        let path = space.path("actiontemplates");
        let shown = space.list(&TEMPLATE, &path)?;
        let (mut ours, mut foreign) = (Vec::new(), Vec::new());
        for template in build_all()? {
            let exported: Value = serde_json::from_str(&template.json)?;
            let name = exported["Name"].as_str().unwrap_or_default();
            match shown.iter().find(|shown| is_named(shown, name)) {
                None => {
                    let mut document =
                        json!({ "SpaceId": space.id().as_str(), "Version": template.version });
                    overwrite(&mut document, &exported);
                    let find = || space.find(&TEMPLATE, &path, name);
                    ours.extend(space.create(&TEMPLATE, name, (&path, &[]), &document, &find)?);
                }
                Some(shown) if kept(shown) == kept(&exported) => {
                    TEMPLATE.say(name, "kept: it is the same");
                    ours.push(shown.clone());
                }
                Some(shown) if update => {
                    ours.push(replace(space, &path, shown, &exported)?);
                }
                Some(_) => {
                    TEMPLATE.say(name, "kept: changed, or of another version");
                    foreign.push(name.to_owned());
                }
            }
        }
        Ok(Self { ours, foreign })
    }

    /// Returns the template of a step as the space has it.
    pub fn get(&self, step: &str, shell: Shell) -> Result<&Value> {
        let name = Metadata::load(step)?.name(shell);
        let template = self.ours.iter().find(|template| is_named(template, &name));
        template.ok_or_eyre(format!(
            "The space has another step template '{name}'. Run this again with --update-templates, which replaces it."
        ))
    }

    /// Returns the IDs of the templates whose steps authenticate.
    pub fn with_credential(&self) -> Vec<&Value> {
        let has_credential = |template: &&Value| {
            let mut parameters = items(&template["Parameters"]);
            parameters.any(|parameter| {
                parameter["DisplaySettings"]["Octopus.ControlType"] == "GenericOidcAccount"
            })
        };
        let templates = self.ours.iter().filter(has_credential);
        templates.map(|template| &template["Id"]).collect()
    }
}

/// Replaces a template, under its ID. The server counts its version (go-octopusdeploy,
/// `actiontemplates`), and steps stay with the version that they have.
fn replace(space: &Space, path: &str, shown: &Value, exported: &Value) -> Result<Value> {
    let name = exported["Name"].as_str().unwrap_or_default();
    let path = format!("{path}/{}", id(shown)?);
    let version = &shown["Version"];
    let is_changed = space.change(&TEMPLATE, name, &path, &|template| {
        if kept(template) == kept(exported) {
            return Ok(None);
        }
        overwrite(template, exported);
        Ok(Some(format!("updated; it was version {version}")))
    })?;
    if is_changed {
        space.add_undo(format!(
            "Import the earlier version of the step template '{name}'."
        ));
    }
    space.read(&TEMPLATE, &path, &[])
}

fn overwrite(template: &mut Value, exported: &Value) {
    for field in SENT {
        template[field] = exported[field].clone();
    }
}

fn is_named(template: &Value, name: &str) -> bool {
    let known = template["Name"].as_str();
    known.is_some_and(|known| known.eq_ignore_ascii_case(name))
}

/// Returns what a server keeps of a template as it was given, be it exported or shown by a server: not
/// its IDs and its version, and an empty value in any of the forms in which a server shows it.
#[must_use]
pub fn kept(template: &Value) -> Value {
    let properties = &template["Properties"];
    let parameters = items(&template["Parameters"]).map(|parameter| {
        let display = &parameter["DisplaySettings"];
        json!([
            parameter["Name"],
            given(&parameter["Label"]),
            given(&parameter["HelpText"]),
            given(&parameter["DefaultValue"]),
            display["Octopus.ControlType"],
            given(&display["Octopus.SelectOptions"]),
        ])
    });
    json!([
        properties["Octopus.Action.Script.Syntax"],
        properties["Octopus.Action.Script.ScriptBody"],
        parameters.collect::<Vec<_>>(),
    ])
}

fn given(value: &Value) -> &Value {
    let is_empty = match value {
        Value::String(text) => text.is_empty(),
        // How a sensitive value is shown.
        Value::Object(fields) => fields.get("HasValue") == Some(&Value::Bool(false)),
        _ => false,
    };
    if is_empty { &Value::Null } else { value }
}
