//! Under which names the tools that people have look for a server and a credential: the program's
//! own list, written into the scripts.

use std::fs;

use color_eyre::eyre::{Result, WrapErr as _, bail};

use crate::folder;
use crate::metadata::Shell;

/// The list, from this folder.
const FILE: &str = "../src/command/names.txt";

/// Names of environment variables.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Set to the server's address.
    pub server: Vec<String>,
    /// Set to the run's key.
    pub key: Vec<String>,
    /// Taken away: another credential.
    pub remove: Vec<String>,
}

impl Names {
    /// Reads the list.
    ///
    /// # Errors
    /// When the file cannot be read, or holds a line that is none of the list.
    pub fn load() -> Result<Self> {
        let file = folder().join(FILE);
        let text = fs::read_to_string(&file);
        Self::parse(&text.wrap_err_with(|| format!("{} cannot be read", file.display()))?)
    }

    fn parse(text: &str) -> Result<Self> {
        let mut names = Self::default();
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.split_once(' ') {
                Some(("server", name)) => names.server.push(name.to_owned()),
                Some(("key", name)) => names.key.push(name.to_owned()),
                Some(("remove", name)) => names.remove.push(name.to_owned()),
                _ => bail!("'{line}' is no line of a list of names."),
            }
        }
        Ok(names)
    }

    /// The part of a script that knows them.
    pub(crate) fn script(&self, shell: Shell) -> String {
        let lists = [
            ("server", "Server", &self.server),
            ("key", "Key", &self.key),
            ("foreign", "Foreign", &self.remove),
        ];
        let lines = lists.map(|(bash, powershell, names)| match shell {
            Shell::Bash => format!("runkey_{bash}_names=({})\n", names.join(" ")),
            Shell::PowerShell => {
                format!("$runKey{powershell}Names = '{}'\n", names.join("', '"))
            }
        });
        format!(
            "# Where the tools that people have look for a server, a key and other credentials.\n{}",
            lines.concat()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_empty_lines_are_left_out() {
        let names = Names::parse("# a tool\n\nserver A\nkey B\nkey C\nremove D\n");
        let names = names.expect("it is a list");
        assert_eq!(names.server, ["A"]);
        assert_eq!(names.key, ["B", "C"]);
        assert_eq!(names.remove, ["D"]);
    }

    #[test]
    fn any_other_line_is_refused() {
        assert!(Names::parse("keys A").is_err());
        assert!(Names::parse("key").is_err());
    }
}
