//! The step templates in a space: those that are missing are imported, what is there stays as it is.

use color_eyre::eyre::{OptionExt as _, Result};
use serde_json::{Map, Value, json};

use super::kind::TEMPLATE;
use super::space::{Space, items};
use crate::export::build_all;
use crate::metadata::{Metadata, Shell};

/// What is sent of an exported template: the rest belongs to the export (terraform-provider-octopusdeploy,
/// `resource_step_template.go`).
const SENT: [&str; 8] = [
    "Name",
    "Description",
    "ActionType",
    "Version",
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
    /// Imports those that the space has nothing of the name of.
    pub fn import(space: &Space) -> Result<Self> {
        let path = space.path("actiontemplates");
        let shown = space.list(&TEMPLATE, &path)?;
        let (mut ours, mut foreign) = (Vec::new(), Vec::new());
        for template in build_all()? {
            let exported: Value = serde_json::from_str(&template.json)?;
            let name = exported["Name"].as_str().unwrap_or_default();
            match shown.iter().find(|shown| shown["Name"] == name) {
                None => {
                    let fields = SENT.map(|field| (field.to_owned(), exported[field].clone()));
                    let mut document = Map::from_iter(fields);
                    document.insert("SpaceId".to_owned(), space.id().as_str().into());
                    ours.extend(space.create(&TEMPLATE, name, &path, &[], &document.into())?);
                }
                Some(shown) if kept(shown) == kept(&exported) => {
                    let happened = format!("kept: it is version {} already", template.version);
                    TEMPLATE.say(name, &happened);
                    ours.push(shown.clone());
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
        let template = self.ours.iter().find(|template| template["Name"] == name);
        template.ok_or_eyre(format!(
            "The space has another step template '{name}'. Rename it in the portal, and run this again."
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
