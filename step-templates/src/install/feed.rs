//! The package in the built-in feed.

use std::path::Path;

use color_eyre::eyre::{Result, WrapErr as _, ensure};
use octopus::{ErrorKind, Id, RetryPolicy};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY as SHA1, digest};
use serde_json::Value;

use super::kind::{FEED, PACKAGE};
use super::server::{OPERATION, explain};
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
    let uploaded = format!("uploaded, with the program for {systems}");
    let known = find(space, &name)?;
    if known.is_none() && space.dry_run {
        PACKAGE.say(&name, &format!("would be {uploaded}"));
    } else if known.is_none() && send(space, &name, &content)? {
        PACKAGE.say(&name, &uploaded);
        space.add_undo(format!(
            "Delete the package '{name}' from the built-in feed."
        ));
    } else {
        let known = known.map_or_else(|| find(space, &name), |known| Ok(Some(known)))?;
        PACKAGE.say(&name, compared(known.as_ref(), &content));
    }
    Ok(())
}

/// Uploads a package; false where the feed has one of this version (go-octopusdeploy, `packages`: 409).
fn send(space: &Space, name: &str, content: &[u8]) -> Result<bool> {
    let path = space.path("packages/raw");
    let mode = [("overwriteMode", "FailIfExists")];
    let client = space.client();
    let client = client.with_policy(RetryPolicy::lasting(OPERATION));
    let Err(error) = client.upload(&path, &mode, name, content) else {
        return Ok(true);
    };
    let is_lost = error.is_indeterminate() || error.indeterminate_since.is_some();
    // A response that was lost may be that of an upload that was carried out.
    if is_lost && is_same(find(space, name)?.as_ref(), content) == Some(true) {
        return Ok(true);
    }
    if error.status == Some(409) {
        return Ok(false);
    }
    let task = format!("Cannot upload the package '{name}'");
    Err(explain(&task, &PACKAGE.to_edit(), &error))
}

/// Returns what the feed says of a package: nothing where it is not there, or where the account may
/// not read it (Octopus's documentation, "Download package from built-in feed").
fn find(space: &Space, file_name: &str) -> Result<Option<Value>> {
    let Some(name) = Id::new(file_name.trim_end_matches(".zip")) else {
        return Ok(None);
    };
    let path = space.path(&format!("packages/packages-{name}"));
    match space.client().document(&path, &[]) {
        Ok(package) => Ok(Some(package)),
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Forbidden) => Ok(None),
        Err(error) => Err(explain("Cannot read the package", &FEED.to_view(), &error)),
    }
}

fn compared(known: Option<&Value>, content: &[u8]) -> &'static str {
    match is_same(known, content) {
        None => "kept, not compared: the server does not show the hash of the one that is there",
        Some(true) => "kept: the feed has the same file",
        Some(false) => {
            "kept: the feed has ANOTHER FILE of this version. To replace it, delete it in the portal and run this again"
        }
    }
}

/// Compares as Octopus's .NET client does after an upload that timed out: `Hash` is the SHA-1 of the
/// file in small hexadecimal digits (OctopusDeploy/OctopusClients, `PackageContentComparer`). Nothing
/// where the server shows none.
fn is_same(known: Option<&Value>, content: &[u8]) -> Option<bool> {
    let hash = known?["Hash"].as_str()?;
    let own = digest(&SHA1, content);
    let digits = own.as_ref().iter().map(|byte| format!("{byte:02x}"));
    Some(digits.collect::<String>().eq_ignore_ascii_case(hash))
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
    let versions = space.read(&FEED, &path, &query)?;
    Ok(field(&versions["Items"][0], "Version")?.to_owned())
}
