//! The report's file: whole or not at all, only for its owner, and never in the place of another.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{facts, html};

/// Why there is no file. `Display` follows the file's name.
#[derive(Debug)]
pub enum NotWritten {
    /// The name ends in neither .html nor .json.
    Kind,
    /// Something else has that name.
    Taken,
    /// The system refuses it: what, and why.
    Refused(&'static str, io::Error),
}

impl fmt::Display for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind => f.write_str("is neither .html nor .json"),
            Self::Taken => f.write_str("is there already and is no report of runkey's"),
            Self::Refused(what, error) => write!(f, "{what}: {error}"),
        }
    }
}

impl std::error::Error for NotWritten {}

/// Writes the file and gives its full path.
///
/// # Errors
/// Says why not.
pub fn write(file: &Path, content: &[u8]) -> Result<PathBuf, NotWritten> {
    let refused = |what| move |error| NotWritten::Refused(what, error);
    let path = std::path::absolute(file).map_err(refused("is no path"))?;
    let folder = path.parent().ok_or(NotWritten::Taken)?;
    if !may_replace(&path).map_err(refused("cannot be looked at"))? {
        return Err(NotWritten::Taken);
    }
    // A file of this kind is its owner's alone (0600), and removed again unless it is kept.
    let mut draft = NamedTempFile::new_in(folder).map_err(refused("cannot be made"))?;
    draft
        .write_all(content)
        .map_err(refused("cannot be written"))?;
    draft
        .persist(&path)
        .map_err(|error| NotWritten::Refused("cannot be put in its place", error.error))?;
    Ok(path)
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
    let json = format!("{{\n  \"Format\": \"{}", facts::NAME);
    beginning.starts_with(html::BEGINNING) || beginning.starts_with(&json)
}
