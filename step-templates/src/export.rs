//! The exported files: one for each step and shell.

use std::fs;

use color_eyre::eyre::{Result, WrapErr as _};
use serde_json::Value;

use crate::folder;
use crate::metadata::{Metadata, STEPS, Shell};
use crate::script::assemble;
use crate::template::template;

/// One template, ready to be written.
#[derive(Debug)]
pub struct Exported {
    /// The step that it is of.
    pub step: &'static str,
    /// The shell that it runs in.
    pub shell: Shell,
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

    /// Returns the content of its file.
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
        for shell in Shell::ALL {
            let content = template(&metadata, shell, &assemble(step, &metadata, shell)?);
            exported.push(Exported {
                step,
                shell,
                content,
            });
        }
    }
    Ok(exported)
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
