//! The exported templates keep the rules for Octopus's step templates, and their scripts those of
//! the shells they are for.

mod exported;
mod names;
mod parameters;
mod powershell;
mod scripts;

use std::fs;

use serde_json::Value;
use step_templates::folder;

/// The file names, without their endings.
const FILES: [&str; 6] = [
    "octopus-create-run-api-key",
    "octopus-create-run-api-key-bash",
    "octopus-delete-run-api-key",
    "octopus-delete-run-api-key-bash",
    "octopus-use-run-api-key",
    "octopus-use-run-api-key-bash",
];

/// What a template's file holds.
fn text(file: &str) -> String {
    let path = folder().join(file).with_extension("json");
    fs::read_to_string(path).expect("the template was exported")
}

/// Every template with the name of its file.
fn templates() -> impl Iterator<Item = (&'static str, Value)> {
    FILES.into_iter().map(|file| {
        let template = serde_json::from_str(&text(file)).expect("it is JSON");
        (file, template)
    })
}

/// The scripts of one shell, with the names of their files.
fn scripts(syntax: &str) -> Vec<(&'static str, String)> {
    templates()
        .filter(|(_, template)| template["Properties"]["Octopus.Action.Script.Syntax"] == syntax)
        .map(|(file, template)| {
            let body = &template["Properties"]["Octopus.Action.Script.ScriptBody"];
            (file, string(body).to_owned())
        })
        .collect()
}

fn parameters(template: &Value) -> &[Value] {
    let parameters = template["Parameters"].as_array();
    parameters.expect("it has parameters")
}

fn string(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
}
