//! The house rules that a compiler does not hold: which part of the program may know which, and how
//! long a file may be.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the program: its name below `src`, and what it holds beside its tests.
struct Source {
    name: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: PathBuf| Source {
        name: path
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/"),
        text: fs::read_to_string(&path)
            .unwrap()
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap()
            .to_owned(),
    };
    rust_files(&root).into_iter().map(read).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Fails when a file below `folder` names one of these parts of the program.
#[track_caller]
fn knows_none_of(folder: &str, parts: &[&str]) {
    let mut looked_at = 0;
    for source in sources()
        .iter()
        .filter(|file| file.name.starts_with(folder))
    {
        looked_at += 1;
        for part in parts {
            let named = format!("crate::{part}");
            let is_named = source.text.match_indices(&named).any(|(place, _)| {
                let next = source.text[place + named.len()..].chars().next();
                !next.is_some_and(|next| next.is_alphanumeric() || next == '_')
            });
            assert!(!is_named, "{} names {named}", source.name);
        }
    }
    assert!(looked_at > 0, "{folder} is there");
}

#[test]
fn the_three_steps_know_nothing_of_each_other() {
    knows_none_of("create/", &["use_key", "delete", "one_step"]);
    knows_none_of("use_key/", &["create", "delete", "one_step"]);
    knows_none_of("delete/", &["create", "use_key", "one_step"]);
}

#[test]
fn the_rest_api_knows_neither_the_command_line_nor_the_output_nor_a_step() {
    knows_none_of(
        "octopus/",
        &[
            "cli", "output", "session", "create", "use_key", "delete", "one_step", "command", "key",
        ],
    );
    for lowest in ["secret.rs", "stranger.rs", "duration.rs"] {
        knows_none_of(lowest, &["cli", "output", "session", "octopus", "key"]);
    }
}

#[test]
fn http_is_known_in_one_folder_only() {
    for source in sources() {
        let is_inside = source.name.starts_with("octopus/");
        for word in ["ureq::", "StatusCode", "Method::GET", "Error::Status"] {
            assert!(
                is_inside || !source.text.contains(word),
                "{word} in {}",
                source.name
            );
        }
    }
}

#[test]
fn no_file_is_longer_than_400_lines_and_most_are_shorter_than_200() {
    let mut lengths: Vec<_> = sources()
        .into_iter()
        .map(|source| (source.text.lines().count(), source.name))
        .collect();
    lengths.sort();
    let (longest, name) = lengths.last().unwrap();
    assert!(*longest <= 400, "{name} has {longest} lines");
    let (median, _) = &lengths[lengths.len() / 2];
    assert!(
        *median < 200,
        "half of the files are longer than {median} lines"
    );
}
