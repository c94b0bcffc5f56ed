//! The package in the built-in feed.

use std::path::Path;

use color_eyre::eyre::{Result, WrapErr as _, ensure};
use octopus::{ErrorKind, Id};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY as SHA1, digest};
use serde_json::Value;

use super::kind::{FEED, PACKAGE};
use super::server::explain;
use super::space::{Space, field, id};
use crate::package::systems_in;

/// The package's ID: its file is `runkey.<version>.zip`.
pub const PACKAGE_ID: &str = "runkey";

/// Uploads the package, unless the feed has this version; then the two are compared.
pub fn upload(space: &Space, package: &Path) -> Result<()> {
    ensure!(
        package.is_file(),
        "There is no package at {}. Make it first: cargo run -p step-templates -- package",
        package.display()
    );
    let systems = systems_in(package)?;
    let content = std::fs::read(package).wrap_err("Cannot read the package")?;
    let name = package.file_name().unwrap_or_default().to_string_lossy();
    let mut known = find(space, &name)?;
    if known.is_none() && space.dry_run {
        let happened = format!("would be uploaded, with the program for {systems}");
        PACKAGE.say(&name, &happened);
        return Ok(());
    }
    if known.is_none() {
        // go-octopusdeploy, `packages`: 409 where this version is there; and again, after a
        // response that was lost.
        let (path, mode) = (
            space.path("packages/raw"),
            ("overwriteMode", "FailIfExists"),
        );
        match space.client.upload(&path, &[mode], &name, &content) {
            Ok(()) => {
                let happened = format!("uploaded, with the program for {systems}");
                PACKAGE.say(&name, &happened);
                space.add_undo(format!(
                    "Delete the package '{name}' from the built-in feed."
                ));
                return Ok(());
            }
            Err(error) if error.status() == Some(409) => known = find(space, &name)?,
            Err(error) => {
                let task = "Cannot upload the package";
                return Err(explain(task, &PACKAGE.to_edit(), &error));
            }
        }
    }
    PACKAGE.say(&name, compared(known.as_ref(), &content));
    Ok(())
}

/// Returns what the feed says of a package: nothing where it is not there, or where the account may
/// not read it (Octopus's documentation, "Download package from built-in feed").
fn find(space: &Space, file_name: &str) -> Result<Option<Value>> {
    let Some(name) = Id::new(file_name.trim_end_matches(".zip")) else {
        return Ok(None);
    };
    let path = space.path(&format!("packages/packages-{name}"));
    match space.client.document(&path, &[]) {
        Ok(package) => Ok(Some(package)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Forbidden) => {
            Ok(None)
        }
        Err(error) => Err(explain("Cannot read the package", &FEED.to_view(), &error)),
    }
}

/// Compares as Octopus's .NET client does after an upload that timed out: `Hash` is the SHA-1 of the
/// file in small hexadecimal digits (OctopusDeploy/OctopusClients, `PackageContentComparer`).
fn compared(known: Option<&Value>, content: &[u8]) -> &'static str {
    let Some(hash) = known.and_then(|known| known["Hash"].as_str()) else {
        return "kept, not compared: the server does not show the hash of the one that is there";
    };
    let own = digest(&SHA1, content);
    let digits = own.as_ref().iter().map(|byte| format!("{byte:02x}"));
    let own = digits.collect::<Vec<_>>().concat();
    if own.eq_ignore_ascii_case(hash) {
        "kept: the feed has the same file"
    } else {
        "kept: the feed has ANOTHER FILE of this version. To replace it, delete it in the portal and run this again"
    }
}

/// Returns the ID of the space's built-in feed.
pub fn built_in(space: &Space) -> Result<String> {
    let query = [("feedType", "BuiltIn"), ("take", "1")];
    let feeds = space.read(&FEED, &space.path("feeds"), &query)?;
    Ok(id(&feeds["Items"][0])?.to_string())
}

/// Returns the newest version of a package in a feed.
pub fn newest_version(space: &Space, feed: &str, package: &str) -> Result<String> {
    let path = space.path(&format!("feeds/{feed}/packages/versions"));
    let query = [("packageId", package), ("take", "1")];
    let versions = space.read(&PACKAGE, &path, &query)?;
    Ok(field(&versions["Items"][0], "Version")?.to_owned())
}
