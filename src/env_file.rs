//! Variables from a `.env` file.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli;
use crate::failure::Failure;

const DEFAULT: &str = ".env";

/// Puts the file's variables into the environment and gives the names of those it added; what is
/// set already wins. Must be called while the program has one thread.
///
/// The file is the one that `arguments` or `RUNKEY_ENV_FILE` name, else `.env` in the current
/// folder. Parent folders are not searched: a step must not pick up a stranger's file.
///
/// # Errors
/// When a named file is missing, or any file cannot be read. What is in the file is not quoted.
pub fn load(arguments: &[OsString]) -> Result<Vec<String>, Failure> {
    let named = cli::peek(arguments, "--env-file", "RUNKEY_ENV_FILE").map(PathBuf::from);
    let file = named.as_deref().unwrap_or(Path::new(DEFAULT));
    let variables = match dotenvy::from_path_iter(file) {
        Ok(variables) => variables,
        Err(dotenvy::Error::Io(error))
            if named.is_none() && error.kind() == io::ErrorKind::NotFound =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(unusable(file, &error)),
    };
    let mut added = Vec::new();
    for variable in variables {
        let (name, _) = variable.map_err(|error| unusable(file, &error))?;
        if env::var_os(&name).is_none() {
            added.push(name);
        }
    }
    if !added.is_empty() {
        dotenvy::from_path(file).map_err(|error| unusable(file, &error))?;
    }
    Ok(added)
}

fn unusable(file: &Path, error: &dotenvy::Error) -> Failure {
    let reason = match error {
        dotenvy::Error::Io(error) => format!("cannot be read: {error}"),
        dotenvy::Error::LineParse(_, position) => format!(
            "has a line that is not NAME=value (at its character {})",
            position + 1
        ),
        _ => "cannot be read".to_owned(),
    };
    Failure::usage(
        format!("The file of variables '{}' {reason}.", file.display()),
        "Correct --env-file (RUNKEY_ENV_FILE) or the file: one NAME=value a line, values with blanks in quotes.",
    )
}
