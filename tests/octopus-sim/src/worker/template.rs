//! The parts of an exported step template that a worker needs.

use serde::Deserialize;

/// The language of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Syntax {
    /// Bash, run by `bash`.
    Bash,
    /// PowerShell, run by `pwsh`.
    PowerShell,
}

impl Syntax {
    /// The program that runs it.
    pub fn shell(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::PowerShell => "pwsh",
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Template {
    pub properties: Properties,
    pub parameters: Vec<Parameter>,
    #[serde(default)]
    pub packages: Vec<PackageReference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PackageReference {
    pub name: String,
}

#[derive(Deserialize)]
pub(super) struct Properties {
    #[serde(rename = "Octopus.Action.Script.Syntax")]
    pub syntax: Syntax,
    #[serde(rename = "Octopus.Action.Script.ScriptBody")]
    pub body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Parameter {
    pub name: String,
    pub default_value: Option<String>,
    pub display_settings: DisplaySettings,
}

#[derive(Deserialize)]
pub(super) struct DisplaySettings {
    #[serde(rename = "Octopus.ControlType")]
    pub control_type: String,
}

impl Parameter {
    pub fn is_oidc_account(&self) -> bool {
        self.display_settings.control_type == "GenericOidcAccount"
    }

    pub fn is_sensitive(&self) -> bool {
        self.display_settings.control_type == "Sensitive"
    }
}
