//! The step templates in a space: those that are missing are imported; others of the same name are kept,
//! or updated on request.

use color_eyre::eyre::{OptionExt as _, Result};
use serde_json::{Value, json};

use super::kind::TEMPLATE;
use super::server::refusal;
use super::space::{Space, field, items, named};
use crate::export::{Exported, build_all};
use crate::metadata::Shell;

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
    /// As they are exported, with the ID and the version that they have in the space.
    ours: Vec<Exported>,
    /// The names of those that are not as they are exported.
    pub foreign: Vec<String>,
}

impl Templates {
    /// Imports those that the space has nothing of the name of, and with `update` replaces what differs.
    /// Steps in the shell `needed` are made of them: another template of their name is refused first.
    pub fn import(space: &Space, update: bool, needed: Option<Shell>) -> Result<Self> {
        let path = space.path("actiontemplates");
        let shown = space.list(&TEMPLATE, &path)?;
        let is_foreign = |template: &Exported| {
            let shown = named(&shown, template.name());
            !update && shown.is_some_and(|shown| kept(shown) != kept(&template.content))
        };
        let (foreign, mut ours): (Vec<_>, Vec<_>) = build_all()?.into_iter().partition(is_foreign);
        if let Some(template) = foreign.iter().find(|it| needed == Some(it.shell)) {
            return Err(refusal(
                format!("The space has another step template '{}'.", template.name()),
                "Run this again with --update-templates, which replaces it.",
            ));
        }
        for template in &mut ours {
            let name = template.name();
            let installed = match named(&shown, name) {
                None => create(space, &path, &template.content)?,
                Some(shown) if kept(shown) == kept(&template.content) => {
                    TEMPLATE.say(name, "kept");
                    shown.clone()
                }
                Some(shown) => replace(space, &path, shown, &template.content)?,
            };
            for field in ["Id", "Version"] {
                template.content[field] = installed[field].clone();
            }
        }
        for template in &foreign {
            TEMPLATE.say(template.name(), "kept: changed, or of another version");
        }
        let foreign = foreign.iter().map(|it| it.name().to_owned()).collect();
        Ok(Self { ours, foreign })
    }

    /// Returns the template of a step.
    pub fn get(&self, step: &str, shell: Shell) -> Result<&Value> {
        let mut ours = self.ours.iter();
        let template = ours.find(|it| it.step == step && it.shell == shell);
        let template = template.ok_or_eyre("A step template is missing.")?;
        Ok(&template.content)
    }

    /// Returns the IDs of the templates whose steps authenticate.
    pub fn with_credential(&self) -> Vec<&Value> {
        let ours = self.ours.iter().filter(|it| it.step != "use");
        ours.map(|it| &it.content["Id"]).collect()
    }
}

fn create(space: &Space, path: &str, exported: &Value) -> Result<Value> {
    let name = field(exported, "Name")?;
    let mut document = json!({ "SpaceId": space.document["Id"], "Version": exported["Version"] });
    overwrite(&mut document, exported);
    space.create(&TEMPLATE, name, path, &document, &|| {
        space.named(path, name)
    })
}

/// Replaces a template that differs, under its ID. The server counts its version (go-octopusdeploy,
/// `actiontemplates`), and steps stay with the version that they have.
fn replace(space: &Space, path: &str, shown: &Value, exported: &Value) -> Result<Value> {
    let (name, version) = (field(exported, "Name")?, &shown["Version"]);
    let path = format!("{path}/{}", field(shown, "Id")?);
    let undo = format!("Import the earlier version of the step template '{name}'.");
    space.change(&TEMPLATE, name, &path, Some(undo), &|template| {
        let differs = kept(template) != kept(exported);
        overwrite(template, exported);
        Ok(differs.then(|| format!("updated; it was version {version}")))
    })?;
    space.read(&TEMPLATE, &path, &[])
}

fn overwrite(template: &mut Value, exported: &Value) {
    for field in SENT {
        template[field] = exported[field].clone();
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
