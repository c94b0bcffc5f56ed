//! The report's file: whole or not at all, only for its owner, and never in the place of another.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{facts, html};

/// Writes the file and gives its full path.
///
/// # Errors
/// Says why not, to follow the file's name.
pub fn write(file: &Path, content: &[u8]) -> Result<PathBuf, String> {
    let path = std::path::absolute(file).map_err(|error| cannot("is no path", &error))?;
    let folder = path.parent().ok_or("is no file")?;
    if !may_replace(&path).map_err(|error| cannot("cannot be looked at", &error))? {
        return Err("is there already and is no report of runkey's".into());
    }
    // A file of this kind is its owner's alone (0600), and removed again unless it is kept.
    let mut draft =
        NamedTempFile::new_in(folder).map_err(|error| cannot("cannot be made", &error))?;
    draft
        .write_all(content)
        .map_err(|error| cannot("cannot be written", &error))?;
    draft
        .persist(&path)
        .map_err(|error| cannot("cannot be put in its place", &error.error))?;
    Ok(path)
}

fn cannot(what: &str, error: &io::Error) -> String {
    format!("{what}: {error}")
}

/// Whether there is nothing at this path, or an earlier report.
fn may_replace(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
        Ok(found) if !found.is_file() => Ok(false),
        Ok(_) => {
            let mut beginning = String::new();
            // What is not text is not ours.
            let read = File::open(path)?.take(80).read_to_string(&mut beginning);
            Ok(read.is_ok() && is_ours(&beginning))
        }
    }
}

fn is_ours(beginning: &str) -> bool {
    let json = format!("{{\n  \"Format\": \"{}\"", facts::FORMAT);
    beginning.starts_with(html::BEGINNING) || beginning.starts_with(&json)
}
