//! The report's file: whole or not at all, only for its owner, and never in the place of another.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use octopus::Untrusted;
use tempfile::NamedTempFile;

use super::{facts, page};
use crate::output::Failure;

const HELP: &str = "Set --report (RUNKEY_REPORT) to a new file that ends in .html or .json, in a folder that this step may write to.";

/// What a report is, by the ending of its file's name.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Page,
    Data,
}

impl Kind {
    pub fn of(file: &Path) -> Result<Self, Failure> {
        let ending = file.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("html") => Ok(Self::Page),
            Some("json") => Ok(Self::Data),
            _ => Err(Failure::usage(
                format!(
                    "--report (RUNKEY_REPORT) '{}' ends in neither .html nor .json.",
                    shown(file)
                ),
                HELP,
            )),
        }
    }
}

/// Writes the file and returns its absolute path.
pub fn write(file: &Path, content: &[u8]) -> Result<PathBuf, Failure> {
    put(file, content).map_err(|error| {
        Failure::new(
            format!("Cannot write the audit report '{}': {error}.", shown(file)),
            HELP,
        )
    })
}

fn put(file: &Path, content: &[u8]) -> io::Result<PathBuf> {
    let path = std::path::absolute(file)?;
    let taken = || {
        io::Error::new(
            io::ErrorKind::AlreadyExists,
            "the file exists and is no report of runkey's",
        )
    };
    let folder = path.parent().ok_or_else(taken)?;
    if !may_replace(&path)? {
        return Err(taken());
    }
    // Such a file is its owner's alone (0600), and is removed again unless it is kept.
    let mut draft = NamedTempFile::new_in(folder)?;
    draft.write_all(content)?;
    draft.persist(&path).map_err(|error| error.error)?;
    Ok(path)
}

/// Whether nothing is at this path, or an earlier report.
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
    beginning.starts_with(page::BEGINNING) || beginning.starts_with(&json)
}

fn shown(file: &Path) -> Untrusted {
    file.to_string_lossy().into_owned().into()
}
