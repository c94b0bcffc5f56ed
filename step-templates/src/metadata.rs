//! What is known of a step template beside its scripts: the `.toml` files.

use std::fs;

use color_eyre::eyre::{Result, WrapErr as _};
use serde::Deserialize;

use crate::folder;

/// The steps, named as their source files are.
pub const STEPS: [&str; 3] = ["create", "use", "delete"];

/// The shells that each step is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// Windows PowerShell 5.1 and PowerShell 7.
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
}

/// One step, for both shells.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// What the names of all parameters begin with, such as `RunKey.Create`.
    pub prefix: String,
    /// The name of the variant for PowerShell; the other one ends in "(Bash)".
    pub name: String,
    /// Markdown.
    pub description: String,
    /// The variant for PowerShell.
    pub powershell: Variant,
    /// The variant for Bash.
    pub bash: Variant,
    /// The entry among the packages of the step.
    pub package: Package,
    /// In the order in which Octopus shows them.
    pub parameters: Vec<Parameter>,
}

/// What differs between the shells.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// A GUID that never changes.
    pub id: String,
    /// Raised at every change.
    pub version: u32,
    /// When this version was exported: fixed, so that every export gives the same file.
    pub exported_at: String,
}

/// The package that holds the program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// A GUID for each shell.
    pub id: Ids,
}

/// A parameter of a step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// A GUID for each shell.
    pub id: Ids,
    /// The name without the prefix.
    pub name: String,
    /// What the form says above the field.
    pub label: String,
    /// Markdown, beginning with "Required" or "Optional".
    pub help: String,
    /// Octopus's name of the kind of field.
    pub control: String,
    /// For a `Select`: `value|Label` each.
    #[serde(default)]
    pub options: Vec<String>,
    /// What the field holds at first.
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
    /// The one for `shell`.
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
    /// When the file cannot be read or holds something else.
    pub fn load(step: &str) -> Result<Self> {
        let file = folder().join(step).with_extension("toml");
        let about = || format!("{} is no metadata of a step", file.display());
        let text = fs::read_to_string(&file).wrap_err_with(about)?;
        toml::from_str(&text).wrap_err_with(about)
    }

    /// What is special about `shell`.
    #[must_use]
    pub fn variant(&self, shell: Shell) -> &Variant {
        match shell {
            Shell::PowerShell => &self.powershell,
            Shell::Bash => &self.bash,
        }
    }

    /// The template's full name for `shell`.
    #[must_use]
    pub fn name(&self, shell: Shell) -> String {
        match shell {
            Shell::PowerShell => self.name.clone(),
            Shell::Bash => format!("{} (Bash)", self.name),
        }
    }

    /// The name of the exported file for `shell`: the template's, in small letters and hyphens.
    #[must_use]
    pub fn file_name(&self, shell: Shell) -> String {
        let name = self.name(shell).to_lowercase();
        let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        format!("{}.json", words.join("-"))
    }
}
