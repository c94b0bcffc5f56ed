//! What is known of a step template beside its scripts: the `.toml` files.

use std::collections::HashMap;
use std::fs;

use color_eyre::eyre::{Result, WrapErr as _};
use serde::Deserialize;

use crate::folder;

/// The steps, named as their source files are.
pub const STEPS: [&str; 3] = ["create", "use", "delete"];

/// The shells that each step is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Shell {
    /// Windows PowerShell 5.1 and PowerShell 7.
    #[value(name = "powershell")]
    PowerShell,
    /// Bash 4 and later.
    Bash,
}

impl Shell {
    /// Returns Octopus's name of it.
    pub fn syntax(self) -> &'static str {
        match self {
            Self::PowerShell => "PowerShell",
            Self::Bash => "Bash",
        }
    }
}

/// A GUID for each shell, since no two templates may share one.
type Ids = HashMap<Shell, String>;

/// One step, for both shells.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// What the names of all parameters begin with, such as `RunKey.Create`.
    pub prefix: String,
    /// The name of the variant for PowerShell; the other one ends in "(Bash)".
    pub name: String,
    pub id: Ids,
    /// The ID of the entry among the packages of the step.
    pub package_id: Ids,
    /// Markdown, below the line that says which shell and workers it is for.
    pub description: String,
    /// In the order in which Octopus shows them.
    pub parameters: Vec<Parameter>,
}

/// A parameter of a step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub id: Ids,
    /// The name without the prefix.
    pub name: String,
    /// What the form says above the field.
    pub label: String,
    /// Markdown.
    pub help: String,
    /// Octopus's name of the kind of field.
    pub control: String,
    /// For a `Select`: `value|Label` each.
    #[serde(default)]
    pub options: Vec<String>,
    /// What the field contains at first.
    pub default: Option<String>,
}

impl Metadata {
    /// Reads the metadata of one of the [`STEPS`].
    pub fn load(step: &str) -> Result<Self> {
        let file = folder().join(step).with_extension("toml");
        let about = || format!("Cannot read {}", file.display());
        let text = fs::read_to_string(&file).wrap_err_with(about)?;
        toml::from_str(&text).wrap_err_with(about)
    }
}
