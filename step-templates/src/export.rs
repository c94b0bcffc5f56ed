//! The exported files: one for each step and shell.

use std::fs;

use color_eyre::eyre::{Result, WrapErr as _};

use crate::folder;
use crate::metadata::{Metadata, STEPS, Shell};
use crate::script::assemble;
use crate::template::{VERSION, template};

/// One template, ready to be written.
#[derive(Debug)]
pub struct Exported {
    /// The name of its file.
    pub file_name: String,
    /// Its version.
    pub version: u32,
    /// The content of the file.
    pub json: String,
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
            let template = template(&metadata, shell, &assemble(step, &metadata, shell)?);
            exported.push(Exported {
                file_name: metadata.file_name(shell),
                version: VERSION,
                json: serde_json::to_string_pretty(&template)? + "\n",
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
        let file = folder().join(&template.file_name);
        fs::write(&file, &template.json)
            .wrap_err_with(|| format!("Cannot write {}", file.display()))?;
    }
    Ok(())
}
