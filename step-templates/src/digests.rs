//! What a server keeps of a step template as it was given, as a digest, and the digest of each version
//! that was ever exported: `digests.toml`.
//!
//! A server keeps neither the version nor the ids of a template that it is given. By this it can be
//! told all the same whether a template there is one of ours, and which.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use color_eyre::eyre::{Result, WrapErr as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::export::Exported;
use crate::folder;

const HEADER: &str = "\
# What a server keeps of each version of each template, as a digest: by it `install` knows which
# version is there. `export` adds the new ones; none is ever taken out.

";

/// Digests by template file and version.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digests(BTreeMap<String, BTreeMap<String, String>>);

impl Digests {
    /// Reads `digests.toml`.
    ///
    /// # Errors
    /// When the file is missing or holds something else.
    pub fn load() -> Result<Self> {
        let text = fs::read_to_string(file()).wrap_err("digests.toml cannot be read")?;
        toml::from_str(&text).wrap_err("digests.toml is damaged")
    }

    /// Writes `digests.toml`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self) -> Result<()> {
        let text = format!("{HEADER}{}", toml::to_string(self)?);
        fs::write(file(), text).wrap_err("digests.toml cannot be written")
    }

    /// Notes the present versions. That a version stays what it was, `versions.toml` sees to.
    ///
    /// # Errors
    /// When an exported template is no JSON.
    pub fn note(&mut self, exported: &[Exported]) -> Result<()> {
        for template in exported {
            let digest = digest(&serde_json::from_str(&template.json)?);
            let known = self.0.entry(template.file_name.clone()).or_default();
            known.insert(template.version.to_string(), digest);
        }
        Ok(())
    }

    /// The version of this template that has this digest, if one of ours has.
    #[must_use]
    pub fn version(&self, file_name: &str, digest: &str) -> Option<&str> {
        let mut known = self.0.get(file_name)?.iter();
        let (version, _) = known.find(|(_, known)| *known == digest)?;
        Some(version)
    }
}

/// The digest of a template, as it is exported or as a server shows it: of its script, the script's
/// language and, of each parameter, the name, the label, the help, the default and the control.
#[must_use]
pub fn digest(template: &Value) -> String {
    let properties = &template["Properties"];
    let parameters = template["Parameters"].as_array();
    let parameters = parameters.into_iter().flatten().map(|parameter| {
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
    let kept = json!([
        properties["Octopus.Action.Script.Syntax"],
        properties["Octopus.Action.Script.ScriptBody"],
        parameters.collect::<Vec<_>>(),
    ]);
    let digest: [u8; 32] = Sha256::digest(kept.to_string()).into();
    digest.map(|byte| format!("{byte:02x}")).concat()
}

/// A value; null where there is none, in whichever of its ways the server says so.
fn given(value: &Value) -> &Value {
    let is_empty = match value {
        Value::String(text) => text.is_empty(),
        // How a sensitive value is shown.
        Value::Object(fields) => fields.get("HasValue") == Some(&Value::Bool(false)),
        _ => false,
    };
    if is_empty { &Value::Null } else { value }
}

fn file() -> PathBuf {
    folder().join("digests.toml")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::build_all;

    fn template() -> Value {
        json!({
            "Id": "1",
            "Properties": {
                "Octopus.Action.Script.Syntax": "Bash",
                "Octopus.Action.Script.ScriptBody": "true",
            },
            "Parameters": [{
                "Id": "2",
                "Name": "A.Key",
                "Label": "Key",
                "HelpText": "Required.",
                "DefaultValue": null,
                "DisplaySettings": { "Octopus.ControlType": "Sensitive" },
            }],
        })
    }

    #[test]
    fn digests_are_fresh() {
        let committed = Digests::load().unwrap();
        let mut fresh = Digests::load().unwrap();
        fresh.note(&build_all().unwrap()).unwrap();
        assert_eq!(
            committed, fresh,
            "run: cargo run -p step-templates -- export"
        );
    }

    #[test]
    fn what_a_server_makes_of_ids_versions_and_empty_defaults_changes_no_digest() {
        let mut shown = template();
        shown["Id"] = json!("ActionTemplates-7");
        shown["Version"] = json!(3);
        shown["Parameters"][0]["Id"] = json!("3");
        shown["Parameters"][0]["DefaultValue"] = json!({ "HasValue": false, "NewValue": null });
        assert_eq!(digest(&shown), digest(&template()));
    }

    #[test]
    fn each_part_that_a_server_keeps_changes_the_digest() {
        for part in [
            "/Properties/Octopus.Action.Script.Syntax",
            "/Properties/Octopus.Action.Script.ScriptBody",
            "/Parameters/0/Name",
            "/Parameters/0/Label",
            "/Parameters/0/HelpText",
            "/Parameters/0/DefaultValue",
            "/Parameters/0/DisplaySettings/Octopus.ControlType",
        ] {
            let mut changed = template();
            *changed.pointer_mut(part).unwrap() = json!("something else");
            assert_ne!(digest(&changed), digest(&template()), "{part}");
        }
    }
}
