//! The environment of a worker's scripts.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

/// What is taken over from this machine. Windows needs the last ones to start any program.
const KEPT: [&str; 8] = [
    "HOME",
    "LANG",
    "PATHEXT",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "USERPROFILE",
];
/// The program that a step must only find where its test put it.
const HIDDEN: &str = "runkey";

/// Variables, and the folders of the `PATH`.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    /// What tests add, in front of the system's.
    path: Vec<PathBuf>,
    /// Links to all programs of those system folders that have a hidden one; deleted at the end.
    _links: Option<Arc<TempDir>>,
    variables: Vec<(OsString, OsString)>,
}

impl Default for Environment {
    /// The system's folders, and those of the shells.
    fn default() -> Self {
        let hidden = format!("{HIDDEN}{}", std::env::consts::EXE_SUFFIX);
        let (hiding, mut path): (Vec<_>, Vec<_>) = system_folders()
            .into_iter()
            .partition(|folder| folder.join(&hidden).exists());
        let links = link_others(&hiding).map(Arc::new);
        path.extend(links.iter().map(|links| links.path().to_path_buf()));
        Self {
            path,
            _links: links,
            variables: Vec::new(),
        }
    }
}

impl Environment {
    pub fn add_path_entry(&mut self, folder: &Path) {
        self.path.insert(0, folder.to_path_buf());
    }

    pub fn set(&mut self, name: &OsStr, value: &OsStr) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Whether a program is on the `PATH`.
    pub fn finds(&self, program: &str) -> bool {
        let program = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        self.path
            .iter()
            .any(|folder| folder.join(&program).is_file())
    }

    /// Gives the command this environment and nothing else of the machine's.
    pub fn give_to(&self, command: &mut Command) {
        command.env_clear();
        for name in KEPT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let path =
            std::env::join_paths(&self.path).expect("no folder's name has a separator in it");
        command.env("PATH", path);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
    }
}

/// On Unix the usual folders, and those where this machine's own `PATH` has a shell; on Windows all
/// of its `PATH`, which no program does without.
fn system_folders() -> Vec<PathBuf> {
    let machine = std::env::var_os("PATH").unwrap_or_default();
    let machine = std::env::split_paths(&machine);
    if cfg!(windows) {
        return machine.collect();
    }
    let usual = ["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from);
    let has_shell = |folder: &PathBuf| {
        ["bash", "pwsh"]
            .iter()
            .any(|shell| folder.join(shell).is_file())
    };
    let mut folders: Vec<_> = usual.into_iter().filter(|folder| folder.is_dir()).collect();
    for folder in machine.filter(has_shell) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

/// A folder of links to every program in these but the hidden one; `None` for no folders.
#[cfg(unix)]
fn link_others(folders: &[PathBuf]) -> Option<TempDir> {
    if folders.is_empty() {
        return None;
    }
    let links = tempfile::tempdir().ok()?;
    for entry in folders
        .iter()
        .flat_map(std::fs::read_dir)
        .flatten()
        .flatten()
    {
        if entry.file_name() != HIDDEN {
            // One of that name from an earlier folder goes first.
            let _ = std::os::unix::fs::symlink(entry.path(), links.path().join(entry.file_name()));
        }
    }
    Some(links)
}

#[cfg(not(unix))]
fn link_others(_: &[PathBuf]) -> Option<TempDir> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn hides_an_installed_program_and_keeps_its_neighbors() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in [HIDDEN, "tool"] {
            std::fs::write(folder.path().join(name), "").expect("room");
        }
        let links = link_others(&[folder.path().to_path_buf()]).expect("links");
        assert!(links.path().join("tool").exists());
        assert!(!links.path().join(HIDDEN).exists());
    }
}
