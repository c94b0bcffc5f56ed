//! The digest of every version, in `versions.toml`: a template that changes must raise its version.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use color_eyre::eyre::{Result, WrapErr as _, bail};
use serde::{Deserialize, Serialize};

use crate::folder;

const HEADER: &str = "\
# What each version of each template was, as a digest. `export` adds the new ones; a line stays as
# it is once the version was released.

";

/// Digests by template file and version.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Versions(BTreeMap<String, BTreeMap<String, String>>);

impl Versions {
    /// Reads `versions.toml`.
    ///
    /// # Errors
    /// When the file is missing or holds something else.
    pub fn load() -> Result<Self> {
        let text = fs::read_to_string(file()).wrap_err("versions.toml cannot be read")?;
        toml::from_str(&text).wrap_err("versions.toml is damaged")
    }

    /// Writes `versions.toml`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self) -> Result<()> {
        let text = format!("{HEADER}{}", toml::to_string(self)?);
        fs::write(file(), text).wrap_err("versions.toml cannot be written")
    }

    /// Notes what this version of `template` is.
    ///
    /// # Errors
    /// When the same version was something else before, or a later version is known already.
    pub fn note(&mut self, template: &str, version: u32, digest: &str) -> Result<()> {
        let known = self.0.entry(template.to_owned()).or_default();
        let latest = known.keys().filter_map(|known| known.parse().ok()).max();
        if latest > Some(version) {
            bail!("{template} is at version {version}, but was at a later one before.");
        }
        let noted = known
            .entry(version.to_string())
            .or_insert_with(|| digest.to_owned());
        if noted != digest {
            bail!(
                "{template} has changed, but is still version {version}. Raise the version in its metadata."
            );
        }
        Ok(())
    }
}

fn file() -> PathBuf {
    folder().join("versions.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(version: u32, digest: &str) -> Versions {
        let mut versions = Versions::default();
        versions
            .note("t.json", version, digest)
            .expect("the first one");
        versions
    }

    #[test]
    fn an_unchanged_version_may_be_exported_again() {
        let mut versions = noted(1, "a");
        assert!(versions.note("t.json", 1, "a").is_ok());
        assert_eq!(versions, noted(1, "a"));
    }

    #[test]
    fn a_changed_template_needs_a_higher_version() {
        assert!(noted(1, "a").note("t.json", 1, "b").is_err());
        assert!(noted(1, "a").note("t.json", 2, "b").is_ok());
    }

    #[test]
    fn a_version_never_goes_back() {
        assert!(noted(10, "a").note("t.json", 9, "b").is_err());
    }
}
