//! The exported files: one for each step and shell.

use std::fs;

use color_eyre::eyre::{Result, WrapErr as _};
use sha2::{Digest as _, Sha256};

use crate::folder;
use crate::metadata::{Metadata, STEPS, Shell};
use crate::script::assemble;
use crate::template::Template;
use crate::versions::Versions;

/// One template, ready to be written.
#[derive(Debug)]
pub struct Exported {
    /// The name of its file.
    pub file_name: String,
    /// Its version.
    pub version: u32,
    /// What the file holds.
    pub json: String,
    /// Tells whether anything but the version has changed.
    pub digest: String,
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
            let template = Template::new(&metadata, shell, assemble(step, shell)?);
            exported.push(Exported {
                file_name: metadata.file_name(shell),
                version: template.version,
                json: to_json(&template)?,
                digest: digest(&template)?,
            });
        }
    }
    Ok(exported)
}

/// Writes all templates, and notes the digests of new versions.
///
/// # Errors
/// When a source is damaged, a template has changed under the same version, or a file cannot be
/// written. Nothing is written before everything is checked.
pub fn write_all() -> Result<()> {
    let exported = build_all()?;
    let mut versions = Versions::load()?;
    for template in &exported {
        versions.note(&template.file_name, template.version, &template.digest)?;
    }
    for template in &exported {
        let file = folder().join(&template.file_name);
        fs::write(&file, &template.json)
            .wrap_err_with(|| format!("{} cannot be written", file.display()))?;
    }
    versions.save()
}

fn to_json(template: &Template) -> Result<String> {
    Ok(serde_json::to_string_pretty(template)? + "\n")
}

/// Leaves out the version and the date of export, which change without anything else.
fn digest(template: &Template) -> Result<String> {
    let mut value = serde_json::to_value(template)?;
    for field in ["Version", "$Meta"] {
        value[field] = serde_json::Value::Null;
    }
    let digest: [u8; 32] = Sha256::digest(value.to_string()).into();
    Ok(digest.map(|byte| format!("{byte:02x}")).concat())
}
