//! The documentation: its words, its links, its options, and the search that it shows.

mod links;
mod options;
mod search;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The project's root.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of the project below this folder of it that end in this, as paths from the root.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// The pages of the documentation.
fn pages() -> Vec<PathBuf> {
    let mut pages = files("docs", ".md");
    pages.extend(
        [
            "README.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "CHANGELOG.md",
        ]
        .map(PathBuf::from),
    );
    pages
}

fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path))
        .unwrap()
        .replace('\r', "")
}

/// The lines of a page outside of its fenced blocks, with their numbers.
fn prose(page: &str) -> Vec<(usize, &str)> {
    let mut is_fenced = false;
    let lines = page.lines().enumerate().filter(|(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_fenced ^= is_fence;
        !is_fence && !is_fenced
    });
    lines.map(|(at, line)| (at + 1, line)).collect()
}

/// Returns whether a program is on the `PATH`.
fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}
