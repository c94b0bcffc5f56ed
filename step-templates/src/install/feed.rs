//! The package in the built-in feed.

use std::fs;
use std::path::Path;

use color_eyre::eyre::{Result, WrapErr as _};
use octopus::{ErrorKind, Id, RetryPolicy};

use super::kind::{FEED, PACKAGE};
use super::server::{OPERATION, explain, refusal};
use super::space::{Space, field};
use crate::package::systems_in;

/// The package's ID: its file is `runkey.<version>.zip`.
pub const PACKAGE_ID: &str = "runkey";

/// A package to upload.
pub struct Package {
    file_name: String,
    /// Its ID and its version.
    id: Id,
    /// The systems that it has a program for.
    systems: String,
    content: Vec<u8>,
}

impl Package {
    /// Reads a package.
    pub fn read(file: &Path) -> Result<Self> {
        let shown = file.display();
        if !file.is_file() {
            return Err(refusal(
                format!("Cannot find the package {shown}."),
                "Make it: cargo run -p step-templates -- package",
            ));
        }
        let file_name = file.file_name().unwrap_or_default().to_string_lossy();
        let id = file_name.strip_suffix(".zip").and_then(Id::new);
        let id = id.filter(|id| id.as_str().starts_with("runkey."));
        let Some(id) = id else {
            return Err(refusal(
                format!("The file name of the package {shown} has no ID and version."),
                "Rename it to runkey.<version>.zip: Octopus reads both from the name.",
            ));
        };
        let content = fs::read(file).wrap_err_with(|| format!("Cannot read {shown}"))?;
        Ok(Self {
            file_name: file_name.into_owned(),
            id,
            systems: systems_in(file)?,
            content,
        })
    }

    /// Uploads the package, unless the feed has this version.
    pub fn upload(&self, space: &Space) -> Result<()> {
        let name = &self.file_name;
        let uploaded = format!("uploaded, with the program for {}", self.systems);
        if self.is_in_feed(space)? {
            PACKAGE.say(
                name,
                "kept. To replace the file, delete it in the portal and run this again",
            );
        } else if space.dry_run {
            PACKAGE.say(name, &format!("would be {uploaded}"));
        } else {
            let policy = RetryPolicy::lasting(OPERATION);
            let client = space.client().with_policy(policy);
            // What an attempt whose response was lost has uploaded is kept (go-octopusdeploy,
            // `packages`).
            let mode = [("overwriteMode", "IgnoreIfExists")];
            let path = space.path("packages/raw");
            if let Err(error) = client.upload(&path, &mode, name, &self.content)
                && !(error.is_indeterminate() && self.is_in_feed(space)?)
            {
                let task = format!("Cannot upload the package '{name}'");
                return Err(explain(&task, &PACKAGE.to_edit(), &error));
            }
            PACKAGE.say(name, &uploaded);
            space.add_undo(format!(
                "Delete the package '{name}' from the built-in feed."
            ));
        }
        Ok(())
    }

    /// Asks for this version (Octopus's documentation, "Download package from built-in feed").
    fn is_in_feed(&self, space: &Space) -> Result<bool> {
        let path = space.path(&format!("packages/packages-{}", self.id));
        match space.client().document(&path, &[]) {
            Ok(_) => Ok(true),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(explain("Cannot read the package", &FEED.to_view(), &error)),
        }
    }
}

/// Returns the ID of the space's built-in feed.
pub fn built_in(space: &Space) -> Result<String> {
    let query = [("feedType", "BuiltIn"), ("take", "1")];
    let feeds = space.read(&FEED, &space.path("feeds"), &query)?;
    Ok(field(&feeds["Items"][0], "Id")?.to_owned())
}

/// Returns the newest version of a package in a feed.
pub fn newest_version(space: &Space, feed: &str, package: &str) -> Result<String> {
    let path = space.path(&format!("feeds/{feed}/packages/versions"));
    let query = [("packageId", package), ("take", "1")];
    let versions = space.read(&FEED, &path, &query)?;
    Ok(field(&versions["Items"][0], "Version")?.to_owned())
}
