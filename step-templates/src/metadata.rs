//! What is known of a step template beside its scripts: the `.toml` files.

use std::fs;

use color_eyre::eyre::{Result, WrapErr as _};
use serde::Deserialize;

use crate::folder;

/// The steps, named as their source files are.
pub const STEPS: [&str; 3] = ["create", "use", "delete"];

/// The shells that each step is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Shell {
    /// Windows PowerShell 5.1 and PowerShell 7.
    #[value(name = "powershell")]
    PowerShell,
    /// Bash 4 and later.
    Bash,
}

impl Shell {
    /// Both.
    pub const ALL: [Self; 2] = [Self::PowerShell, Self::Bash];

    /// How the files of its scripts end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::PowerShell => "ps1",
            Self::Bash => "sh",
        }
    }

    /// Octopus's name of it.
    #[must_use]
    pub fn syntax(self) -> &'static str {
        match self {
            Self::PowerShell => "PowerShell",
            Self::Bash => "Bash",
        }
    }

    /// The first line of a description: which shell, and on which workers.
    #[must_use]
    pub fn workers(self) -> &'static str {
        match self {
            Self::PowerShell => {
                "For PowerShell: Windows PowerShell 5.1 or PowerShell 7, on Windows, Linux and macOS workers."
            }
            Self::Bash => "For Bash, on Linux and macOS workers.",
        }
    }
}

/// One step, for both shells.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// What the names of all parameters begin with, such as `RunKey.Create`.
    pub prefix: String,
    /// The name of the variant for PowerShell; the other one ends in "(Bash)".
    pub name: String,
    /// The template's ID.
    pub id: Ids,
    /// The ID of the entry among the packages of the step.
    pub package_id: Ids,
    /// Markdown, below the line that says which shell and workers it is for.
    pub description: String,
    /// In the order in which Octopus shows them.
    pub parameters: Vec<Parameter>,
}

/// A parameter of a step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The parameter's ID.
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

/// A GUID for each shell, since no two templates may share one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    powershell: String,
    bash: String,
}

impl Ids {
    /// Returns the one for `shell`.
    #[must_use]
    pub fn of(&self, shell: Shell) -> &str {
        match shell {
            Shell::PowerShell => &self.powershell,
            Shell::Bash => &self.bash,
        }
    }
}

impl Metadata {
    /// Reads the metadata of one of the [`STEPS`].
    ///
    /// # Errors
    /// When the file cannot be read or contains something else.
    pub fn load(step: &str) -> Result<Self> {
        let file = folder().join(step).with_extension("toml");
        let about = || format!("Cannot read the metadata of a step from {}", file.display());
        let text = fs::read_to_string(&file).wrap_err_with(about)?;
        toml::from_str(&text).wrap_err_with(about)
    }

    /// Returns the template's full name for `shell`.
    #[must_use]
    pub fn name(&self, shell: Shell) -> String {
        match shell {
            Shell::PowerShell => self.name.clone(),
            Shell::Bash => format!("{} (Bash)", self.name),
        }
    }
}
