//! A step template in the shape in which Octopus exports and imports it.
//!
//! The fields, their order and their fixed values are those of the templates in Octopus's public
//! library of step templates.

use serde::Serialize;

use crate::metadata::{self, Metadata, Shell};

/// The version of Octopus that the shape is taken from.
const OCTOPUS_VERSION: &str = "2026.3.11151";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Template {
    id: String,
    name: String,
    description: String,
    action_type: &'static str,
    pub version: u32,
    community_action_template_id: Option<String>,
    packages: Vec<Package>,
    git_dependencies: [String; 0],
    properties: Properties,
    parameters: Vec<Parameter>,
    step_package_id: &'static str,
    #[serde(rename = "$Meta")]
    meta: Meta,
    last_modified_by: &'static str,
    category: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Package {
    id: String,
    name: String,
    #[serde(rename = "PackageId")]
    id_in_feed: Option<String>,
    feed_id: Option<String>,
    acquisition_location: &'static str,
    properties: PackageProperties,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PackageProperties {
    extract: &'static str,
    selection_mode: &'static str,
    package_parameter_name: String,
    purpose: &'static str,
}

#[derive(Serialize)]
struct Properties {
    #[serde(rename = "Octopus.Action.Script.ScriptSource")]
    source: &'static str,
    #[serde(rename = "Octopus.Action.Script.Syntax")]
    syntax: &'static str,
    #[serde(rename = "Octopus.Action.Script.ScriptBody")]
    body: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    id: String,
    name: String,
    label: String,
    help_text: String,
    default_value: Option<String>,
    display_settings: DisplaySettings,
}

#[derive(Serialize)]
struct DisplaySettings {
    #[serde(rename = "Octopus.ControlType")]
    control_type: String,
    #[serde(
        rename = "Octopus.SelectOptions",
        skip_serializing_if = "String::is_empty"
    )]
    select_options: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    exported_at: String,
    octopus_version: &'static str,
    r#type: &'static str,
}

impl Template {
    /// The template of a step for `shell`, running the script `body`.
    pub fn new(metadata: &Metadata, shell: Shell, body: String) -> Self {
        let variant = metadata.variant(shell);
        let parameters = metadata.parameters.iter();
        Self {
            id: variant.id.clone(),
            name: metadata.name(shell),
            description: metadata.description.trim().to_owned(),
            action_type: "Octopus.Script",
            version: variant.version,
            community_action_template_id: None,
            packages: vec![Package::new(metadata, shell)],
            git_dependencies: [],
            properties: Properties {
                source: "Inline",
                syntax: match shell {
                    Shell::PowerShell => "PowerShell",
                    Shell::Bash => "Bash",
                },
                body,
            },
            parameters: parameters
                .map(|parameter| Parameter::new(parameter, &metadata.prefix, shell))
                .collect(),
            step_package_id: "Octopus.Script",
            meta: Meta {
                exported_at: variant.exported_at.clone(),
                octopus_version: OCTOPUS_VERSION,
                r#type: "ActionTemplate",
            },
            last_modified_by: "runkey",
            category: "octopus",
        }
    }
}

impl Package {
    /// The user chooses the package in the parameter `<prefix>.Package` of the step.
    fn new(metadata: &Metadata, shell: Shell) -> Self {
        let name = format!("{}.Package", metadata.prefix);
        Self {
            id: metadata.package.id.of(shell).to_owned(),
            name: name.clone(),
            id_in_feed: None,
            feed_id: None,
            acquisition_location: "Server",
            properties: PackageProperties {
                extract: "True",
                selection_mode: "deferred",
                package_parameter_name: name,
                purpose: "",
            },
        }
    }
}

impl Parameter {
    fn new(parameter: &metadata::Parameter, prefix: &str, shell: Shell) -> Self {
        Self {
            id: parameter.id.of(shell).to_owned(),
            name: format!("{prefix}.{}", parameter.name),
            label: parameter.label.clone(),
            help_text: parameter.help.trim().to_owned(),
            default_value: parameter.default.clone(),
            display_settings: DisplaySettings {
                control_type: parameter.control.clone(),
                select_options: parameter.options.join("\n"),
            },
        }
    }
}
