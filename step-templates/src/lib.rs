//! Builds runkey's step templates from their sources.
//!
//! Each step has one file of metadata (`create.toml`), and one script for each shell (`create.sh`,
//! `create.ps1`), which share what is in `parts/`. Out of these come six JSON files, ready to be
//! imported into Octopus. Beside them comes the package with the program that they run, and what
//! brings both to a server.

pub mod export;
pub mod install;
mod metadata;
pub mod notices;
pub mod package;
pub mod program;
mod template;

use std::path::Path;

/// PLACEHOLDER: the author that the step templates name; Octopus's library wants a GitHub username.
pub const AUTHOR: &str = "runkey";

/// The folder of the sources and of the exported files.
#[must_use]
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
