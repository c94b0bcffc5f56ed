//! The exported files: one for each step and shell.

use std::fs;

use color_eyre::eyre::{Result, WrapErr as _};
use serde_json::Value;

use crate::folder;
use crate::metadata::{Metadata, STEPS, Shell};
use crate::template::template;

/// How a line of a script begins that names a part.
const INCLUDE: &str = ". ./";
/// In a part, what the names of the step's own parameters begin with.
const PREFIX: &str = "RunKey.Step";

/// A template as it is exported.
pub struct Exported {
    pub(crate) step: &'static str,
    pub(crate) shell: Shell,
    /// What its file contains.
    pub content: Value,
}

impl Exported {
    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.content["Name"].as_str().unwrap_or_default()
    }

    /// Returns the name of its file: its own, in small letters and hyphens.
    #[must_use]
    pub fn file_name(&self) -> String {
        let name = self.name().to_lowercase();
        let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        format!("{}.json", words.join("-"))
    }

    /// Returns the text of its file.
    #[must_use]
    pub fn json(&self) -> String {
        format!("{:#}\n", self.content)
    }
}

/// Builds all templates from their sources.
///
/// # Errors
/// When a source is missing or damaged.
pub fn build_all() -> Result<Vec<Exported>> {
    let mut exported = Vec::new();
    for step in STEPS {
        let metadata = Metadata::load(step)?;
        for (shell, extension) in [(Shell::PowerShell, "ps1"), (Shell::Bash, "sh")] {
            let script = script(&format!("{step}.{extension}"), &metadata.prefix)?;
            exported.push(Exported {
                step,
                shell,
                content: template(&metadata, shell, &script),
            });
        }
    }
    Ok(exported)
}

/// Returns the whole script of a step: each part stands where the script names it, since an exported
/// template is one file.
fn script(file: &str, prefix: &str) -> Result<String> {
    let script = read(file)?;
    let lines = script.lines().map(|line| match line.strip_prefix(INCLUDE) {
        Some(part) => Ok(read(part)?.replace(PREFIX, prefix)),
        None => Ok(format!("{line}\n")),
    });
    lines.collect()
}

fn read(name: &str) -> Result<String> {
    let file = folder().join(name);
    fs::read_to_string(&file).wrap_err_with(|| format!("Cannot read {}", file.display()))
}

/// Writes all templates.
///
/// # Errors
/// When a source is damaged, or a file cannot be written.
pub fn write_all() -> Result<()> {
    for template in build_all()? {
        let file = folder().join(template.file_name());
        fs::write(&file, template.json())
            .wrap_err_with(|| format!("Cannot write {}", file.display()))?;
    }
    Ok(())
}
