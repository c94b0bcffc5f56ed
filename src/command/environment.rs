//! The command's environment: the run key and no other credential.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use octopus::{Address, Secret, Untrusted};

/// The names that Octopus's tools read, one a line, after what is done with each.
const NAMES: &str = include_str!("names.txt");
/// A shorter secret would be found in values that have nothing to do with it, in characters.
const MIN_SECRET: usize = 16;

/// What the command works with.
#[derive(Debug, Clone, Copy)]
pub struct Work<'a> {
    pub key: &'a Secret,
    pub address: &'a Address,
    pub space: Option<&'a Untrusted>,
    pub ca_file: Option<&'a Path>,
    /// Names of variables that stay although they would be cleared.
    pub keep_env: &'a [String],
}

/// What happens to a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It becomes the run key.
    Key,
    /// It gets this value.
    Set(OsString),
    /// It is removed, as runkey's own.
    Remove,
    /// It is removed since its value contains a secret.
    RemoveSecret,
}

impl Work<'_> {
    /// Returns what changes in the environment of this process.
    pub fn changes(&self) -> BTreeMap<OsString, Change> {
        let variables: BTreeMap<_, _> = env::vars_os()
            .map(|(name, value)| (as_known(name), value))
            .collect();
        let mut changes = BTreeMap::new();
        for (name, value) in &variables {
            if starts_with(name, "RUNKEY_") {
                changes.insert(name.clone(), Change::Remove);
            } else if self.is_foreign_secret(value) {
                changes.insert(name.clone(), Change::RemoveSecret);
            }
        }
        for (action, name) in names() {
            let name = as_known(name.into());
            let is_set = |variable: &OsString| {
                variable.eq_ignore_ascii_case(&name) && !changes.contains_key(variable)
            };
            let change = match action {
                "server" => Change::Set(self.address.as_str().into()),
                "key" => Change::Key,
                "space" => match self.space {
                    Some(space) => Change::Set(space.raw().into()),
                    None => continue,
                },
                // Some tools take the empty one of a pair such as HTTPS_PROXY and https_proxy.
                "default" if variables.keys().any(is_set) => continue,
                "keep" => {
                    changes.remove(&name);
                    continue;
                }
                _ => Change::Set(OsString::new()),
            };
            changes.insert(name, change);
        }
        let ca_variable = as_known("NODE_EXTRA_CA_CERTS".into());
        if let Some(file) = self.ca_file
            && !variables.contains_key(&ca_variable)
        {
            // The command may change its folder.
            let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
            changes.insert(ca_variable, Change::Set(file.into()));
        }
        // Whatever is kept, the run key is in its variables and goes to its own server.
        let fixed: Vec<OsString> = names()
            .filter(|(action, _)| matches!(*action, "key" | "server"))
            .map(|(_, name)| as_known(name.into()))
            .collect();
        changes.retain(|name, _| fixed.contains(name) || !self.is_kept(name));
        changes
    }

    /// Returns whether a value contains a secret other than the run key alone.
    fn is_foreign_secret(&self, value: &OsStr) -> bool {
        let value = value.to_string_lossy();
        if *value == *self.key.expose() {
            return false;
        }
        value.chars().count() >= MIN_SECRET && octopus::contains_secret(&value)
    }

    fn is_kept(&self, name: &OsStr) -> bool {
        let mut kept = self
            .keep_env
            .iter()
            .map(|kept| as_known(kept.trim().into()));
        kept.any(|kept| kept == name)
    }

    /// Returns the lines that tell a shell what to change: `key NAME`, `set NAME VALUE`, `unset NAME`.
    /// None contains a secret.
    pub fn shell_lines(&self) -> Vec<String> {
        let changes = self.changes();
        let lines = changes.iter().filter_map(|(name, change)| {
            let name = name.to_str().filter(|name| is_shell_name(name))?;
            Some(match change {
                Change::Key => format!("key {name}"),
                Change::Set(value) => {
                    format!("set {name} {}", Untrusted::from(value.to_string_lossy()))
                }
                Change::Remove | Change::RemoveSecret => format!("unset {name}"),
            })
        });
        lines.collect()
    }
}

/// Returns the lines that name the variables which were removed for their value.
pub fn removed_names(changes: &BTreeMap<OsString, Change>) -> Option<String> {
    let removed = changes
        .iter()
        .filter(|(_, change)| **change == Change::RemoveSecret);
    let names: Vec<_> = removed
        .map(|(name, _)| Untrusted::from(name.to_string_lossy()).to_string())
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "Removed from the command's environment, since the value contains a credential: {}.",
            names.join(", ")
        )
    })
}

/// Returns what is done with each name, and the name.
fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = NAMES.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' '))
}

/// Returns the name as it is compared: Windows ignores case.
fn as_known(name: OsString) -> OsString {
    if cfg!(windows) {
        name.to_ascii_uppercase()
    } else {
        name
    }
}

fn starts_with(name: &OsStr, beginning: &str) -> bool {
    name.as_encoded_bytes().starts_with(beginning.as_bytes())
}

/// Returns whether a shell can have a variable of this name.
fn is_shell_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(is_part) && !name.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_known_action() {
        for (action, name) in names() {
            assert!(
                ["server", "key", "space", "empty", "default", "keep"].contains(&action),
                "{name}"
            );
            assert!(is_shell_name(name), "{name}");
        }
    }
}
