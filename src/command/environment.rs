//! What COMMAND finds in its environment: the run's key and no other.

use std::env;
use std::ffi::{OsStr, OsString};
use std::process::Command;

use crate::octopus::Address;
use crate::secret::Secret;
use crate::stranger::Stranger;

/// The names that Octopus's own tools look for, one a line behind what is done with it.
const NAMES: &str = include_str!("names.txt");

/// What COMMAND works with.
#[derive(Debug)]
pub struct Work<'a> {
    pub key: &'a Secret,
    pub address: &'a Address,
    pub space: Option<&'a Stranger>,
}

impl Work<'_> {
    /// COMMAND with this environment: the key under every name, no other credential, and nothing
    /// that only runkey needs.
    pub fn command(&self, program: &OsStr, arguments: &[OsString]) -> Command {
        let mut command = Command::new(found(program));
        command.args(arguments);
        for (name, _) in env::vars_os() {
            if is_runkeys(&name) {
                command.env_remove(name);
            }
        }
        for (what, name) in names() {
            match what {
                "server" => command.env(name, self.address.as_str()),
                "key" => command.env(name, self.key.expose()),
                _ => command.env(name, ""),
            };
        }
        if let Some(space) = self.space {
            command.env("OCTOPUS_SPACE", space.as_given());
        }
        command
    }

    /// The same for a shell that runs the script of a step, one variable a line: `key NAME`, where the
    /// shell puts the key that it has; `set NAME VALUE`, whose value is the rest of the line and never a
    /// secret; `unset NAME`.
    pub fn lines(&self) -> Vec<String> {
        let of_tools = names().map(|(what, name)| match what {
            "server" => format!("set {name} {}", self.address.as_str()),
            "key" => format!("key {name}"),
            _ => format!("set {name} "),
        });
        let space = self.space.map(Stranger::as_given);
        let space = space.filter(|space| !space.contains(char::is_control));
        let space = space.map(|space| format!("set OCTOPUS_SPACE {space}"));
        let ours = env::vars_os().filter_map(|(name, _)| {
            let name = name.to_str().filter(|name| is_identifier(name))?;
            is_runkeys(OsStr::new(name)).then(|| format!("unset {name}"))
        });
        of_tools.chain(space).chain(ours).collect()
    }
}

/// A name that every shell takes for one, and that cannot end its line.
fn is_identifier(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What is done with each name, and the name.
fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = NAMES.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' '))
}

fn is_runkeys(name: &OsStr) -> bool {
    const BEGINNING: &[u8] = b"RUNKEY_";
    let beginning = name.as_encoded_bytes().get(..BEGINNING.len());
    beginning.is_some_and(|beginning| {
        // Windows does not tell capitals from small letters here.
        beginning == BEGINNING || cfg!(windows) && beginning.eq_ignore_ascii_case(BEGINNING)
    })
}

/// The system itself looks the program up.
#[cfg(not(windows))]
fn found(program: &OsStr) -> &OsStr {
    program
}

/// The program as a shell would find it: `npx` is `npx.cmd`, by the variable PATHEXT. What is not
/// found so is left to the system, which looks beside runkey too.
#[cfg(windows)]
fn found(program: &OsStr) -> OsString {
    which::which(program).map_or_else(|_| program.to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_names_says_what_is_done_with_one() {
        let lines = NAMES.lines().filter(|line| !line.starts_with('#'));
        for line in lines.filter(|line| !line.is_empty()) {
            let (what, name) = line.split_once(' ').unwrap();
            assert!(["server", "key", "remove"].contains(&what), "{line}");
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte == b'_'),
                "{line}"
            );
        }
        assert!(names().any(|pair| pair == ("key", "OCTOPUS_API_KEY")));
    }
}
