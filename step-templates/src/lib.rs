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

/// PLACEHOLDER: the account that owns the repository. A test holds README, docs/install.md and docs/getting-started.md to it.
pub const OWNER: &str = "OWNER";
/// PLACEHOLDER: the repository's address, as people clone it.
pub const REPOSITORY: &str = "https://github.com/OWNER/runkey";
/// PLACEHOLDER: the author that the step templates name; Octopus's library wants a GitHub username.
pub const AUTHOR: &str = "runkey";

/// The folder of the sources and of the exported files.
#[must_use]
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_names_the_repository_as_the_constants_do() {
        assert_eq!(REPOSITORY, format!("https://github.com/{OWNER}/runkey"));
        let readme = include_str!("../../README.md");
        let start = include_str!("../../docs/getting-started.md");
        for page in [readme, start] {
            assert!(page.contains(&format!("git clone {REPOSITORY} ")));
        }
        let install = include_str!("../../docs/install.md");
        assert!(install.contains(&format!("--repo {OWNER}/runkey ")));
    }
}
