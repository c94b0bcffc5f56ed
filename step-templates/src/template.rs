//! A step template in the shape in which Octopus exports and imports it: the fields and fixed values of
//! the templates in Octopus's public library.

use serde_json::{Value, json};

use crate::AUTHOR;
use crate::metadata::{Metadata, Parameter, Shell};

/// The version of all templates.
const VERSION: u32 = 1;
/// Fixed, so that every export gives the same file.
const EXPORTED_AT: &str = "2026-11-25T21:00:00.000Z";
/// The version of Octopus that the shape is taken from.
const OCTOPUS_VERSION: &str = "2026.3.11151";

/// Returns the template of a step for `shell`, running the script `body`.
pub fn template(metadata: &Metadata, shell: Shell, body: &str) -> Value {
    let (suffix, workers) = match shell {
        Shell::PowerShell => (
            "",
            "For PowerShell: Windows PowerShell 5.1 or PowerShell 7, on Windows, Linux and macOS workers.",
        ),
        Shell::Bash => (" (Bash)", "For Bash, on Linux and macOS workers."),
    };
    let package = format!("{}.Package", metadata.prefix);
    let parameters = metadata.parameters.iter();
    let parameters = parameters.map(|parameter| field(parameter, &metadata.prefix, shell));
    json!({
        "Id": metadata.id[&shell],
        "Name": format!("{}{suffix}", metadata.name),
        "Description": format!("{workers}\n\n{}", metadata.description.trim()),
        "ActionType": "Octopus.Script",
        "Version": VERSION,
        "CommunityActionTemplateId": null,
        // The user chooses the package in the parameter of the same name.
        "Packages": [{
            "Id": metadata.package_id[&shell],
            "Name": package,
            "PackageId": null,
            "FeedId": null,
            "AcquisitionLocation": "Server",
            "Properties": {
                "Extract": "True",
                "SelectionMode": "deferred",
                "PackageParameterName": package,
                "Purpose": "",
            },
        }],
        "GitDependencies": [],
        "Properties": {
            "Octopus.Action.Script.ScriptSource": "Inline",
            "Octopus.Action.Script.Syntax": shell.syntax(),
            "Octopus.Action.Script.ScriptBody": body,
        },
        "Parameters": parameters.collect::<Vec<_>>(),
        "StepPackageId": "Octopus.Script",
        "$Meta": {
            "ExportedAt": EXPORTED_AT,
            "OctopusVersion": OCTOPUS_VERSION,
            "Type": "ActionTemplate",
        },
        "LastModifiedBy": AUTHOR,
        "Category": "octopus",
    })
}

fn field(parameter: &Parameter, prefix: &str, shell: Shell) -> Value {
    let mut display = json!({ "Octopus.ControlType": parameter.control });
    if !parameter.options.is_empty() {
        display["Octopus.SelectOptions"] = parameter.options.join("\n").into();
    }
    json!({
        "Id": parameter.id[&shell],
        "Name": format!("{prefix}.{}", parameter.name),
        "Label": parameter.label,
        "HelpText": parameter.help.trim(),
        "DefaultValue": parameter.default,
        "DisplaySettings": display,
    })
}
