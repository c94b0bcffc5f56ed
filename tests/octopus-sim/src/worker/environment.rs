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
/// The variables of a proxy, which scripts get in both cases.
const PROXY: [&str; 3] = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
/// What Octopus never reaches through a proxy that a worker was given.
const NO_PROXY: &str = "127.0.0.1,localhost,169.254.169.254";

/// Variables, and folders in front of the machine's `PATH`.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    path_entries: Vec<PathBuf>,
    variables: Vec<(OsString, OsString)>,
}

impl Environment {
    pub fn add_path_entry(&mut self, folder: &Path) {
        self.path_entries.push(folder.to_path_buf());
    }

    /// Sets a variable; one of a proxy in the other case too, as long as that is not set itself.
    pub fn set(&mut self, name: &OsStr, value: &OsStr) {
        let others = PROXY.iter().flat_map(|&proxy| {
            let (upper, lower) = (proxy.to_owned(), proxy.to_lowercase());
            [(upper.clone(), lower.clone()), (lower, upper)]
        });
        for (proxy, other) in others {
            if name == OsStr::new(&proxy) && !self.has(OsStr::new(&other)) {
                self.variables.push((other.into(), value.to_owned()));
            }
        }
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Sets the variables of the proxy at `address`.
    pub fn set_proxy(&mut self, address: &str) {
        let proxy = format!("http://{address}");
        for (name, value) in PROXY.iter().zip([proxy.as_str(), &proxy, NO_PROXY]) {
            self.set(OsStr::new(name), OsStr::new(value));
        }
    }

    fn has(&self, name: &OsStr) -> bool {
        self.variables.iter().any(|(known, _)| known == name)
    }

    /// Gives the command this environment and nothing else of the machine's.
    pub fn give_to(&self, command: &mut Command) {
        command.env_clear();
        for name in KEPT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let machine = std::env::var_os("PATH").unwrap_or_default();
        let folders = self.path_entries.iter().cloned();
        let path = std::env::join_paths(folders.chain(std::env::split_paths(&machine)));
        command.env("PATH", path.unwrap_or(machine));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
    }
}
