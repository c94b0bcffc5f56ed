//! The environment of a worker's scripts.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

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
    variables: Vec<(OsString, OsString)>,
}

impl Default for Environment {
    /// The system's folders and those of the shells, without any that has a `runkey`.
    fn default() -> Self {
        let mut path = system_folders();
        path.retain(|folder| !has_program(folder, HIDDEN));
        Self {
            path,
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
        self.path.iter().any(|folder| has_program(folder, program))
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
    let has_shell = |folder: &PathBuf| has_program(folder, "bash") || has_program(folder, "pwsh");
    let mut folders: Vec<_> = usual.into_iter().filter(|folder| folder.is_dir()).collect();
    for folder in machine.filter(has_shell) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

fn has_program(folder: &Path, program: &str) -> bool {
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    folder.join(file).is_file()
}
