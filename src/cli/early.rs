//! What the command line says as far as it can be understood before it is read in earnest: where
//! errors go, which exit codes count, and which options are given.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::{Arg, Command, ValueEnum};

use super::OutputFormat;

/// The arguments behind `--`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandArgs {
    /// There is no `--`.
    None,
    /// `--` is the last argument.
    Missing,
    /// A command follows.
    Given,
}

/// An option as it is given on the command line.
#[derive(Debug)]
pub(super) struct GivenOption {
    pub long: String,
    value: Option<OsString>,
    /// The arguments that it consists of.
    pub range: std::ops::Range<usize>,
}

/// The command line, scanned without judging it.
#[derive(Debug)]
pub struct EarlyArgs {
    /// Where the subcommand stands, and its name.
    pub(super) subcommand: Option<(usize, &'static str)>,
    pub(super) options: Vec<GivenOption>,
    pub command: CommandArgs,
    /// The arguments before `--`, and the program.
    pub(super) own: usize,
}

impl EarlyArgs {
    /// Scans the arguments, of which the first is the program.
    pub fn scan(arguments: &[OsString]) -> Self {
        let root = super::parse::command();
        let own = arguments.iter().position(|argument| argument == "--");
        let mut early = Self {
            subcommand: None,
            options: Vec::new(),
            command: match own {
                None => CommandArgs::None,
                Some(at) if at + 1 == arguments.len() => CommandArgs::Missing,
                Some(_) => CommandArgs::Given,
            },
            own: own.unwrap_or(arguments.len()),
        };
        let mut at = 1;
        while at < early.own {
            at = early.scan_one(&root, arguments, at);
        }
        early
    }

    /// Scans one option with its value, or the subcommand; returns where the next one begins.
    fn scan_one(&mut self, root: &Command, arguments: &[OsString], at: usize) -> usize {
        let text = arguments[at].to_string_lossy();
        if let Some(long) = text.strip_prefix("--") {
            let (long, value) = match long.split_once('=') {
                Some((long, value)) => (long, Some(value.into())),
                None => (long, None),
            };
            let takes_value = self
                .find(root, long)
                .is_some_and(|arg| arg.get_action().takes_values());
            let mut end = at + 1;
            let mut value = value;
            if takes_value && value.is_none() && end < self.own {
                value = Some(arguments[end].clone());
                end += 1;
            }
            self.options.push(GivenOption {
                long: long.to_owned(),
                value,
                range: at..end,
            });
            return end;
        }
        if let Some(shorts) = text.strip_prefix('-') {
            let longs = shorts.chars().filter_map(|short| {
                let arg = root
                    .get_arguments()
                    .find(|arg| arg.get_short() == Some(short))?;
                arg.get_long()
            });
            let given = longs.map(|long| GivenOption {
                long: long.to_owned(),
                value: None,
                range: at..at + 1,
            });
            self.options.extend(given);
        } else if self.subcommand.is_none() {
            let found = root.find_subcommand(text.as_ref()).map(Command::get_name);
            self.subcommand = ["create", "use", "delete"]
                .into_iter()
                .find(|name| Some(*name) == found)
                .map(|name| (at, name));
        }
        at + 1
    }

    fn find<'a>(&self, root: &'a Command, long: &str) -> Option<&'a Arg> {
        let subcommand = self
            .subcommand
            .and_then(|(_, name)| root.find_subcommand(name));
        let own = subcommand.into_iter().flat_map(Command::get_arguments);
        own.chain(root.get_arguments())
            .find(|arg| arg.get_long() == Some(long))
    }

    /// The subcommand's name.
    pub fn subcommand(&self) -> Option<&'static str> {
        self.subcommand.map(|(_, name)| name)
    }

    /// Returns whether an option is given.
    pub fn has(&self, long: &str) -> bool {
        self.options.iter().any(|option| option.long == long)
    }

    /// The value of an option.
    pub fn value(&self, long: &str) -> Option<&OsStr> {
        let option = self
            .options
            .iter()
            .rev()
            .find(|option| option.long == long)?;
        option.value.as_deref()
    }

    /// The env file that is named.
    pub fn env_file(&self) -> Option<PathBuf> {
        self.value("env-file").map(PathBuf::from)
    }

    /// The output format: that of the option, else of the variable, else the default.
    pub fn output(&self, variable: Option<OsString>) -> OutputFormat {
        let named = |value: &OsStr| OutputFormat::from_str(value.to_str()?, true).ok();
        let option = self.value("output").and_then(named);
        option
            .or_else(|| named(&variable?))
            .unwrap_or_else(|| self.default_output())
    }

    /// With a command, and on a terminal, a person reads the log.
    fn default_output(&self) -> OutputFormat {
        if self.command != CommandArgs::None || io::stdout().is_terminal() {
            OutputFormat::Text
        } else {
            OutputFormat::Octopus
        }
    }

    /// Returns whether the exit codes are a command's, so that runkey's own failures need one apart.
    pub fn uses_command_exit_codes(&self) -> bool {
        match self.subcommand() {
            Some("use") => true,
            Some("create") => self.command != CommandArgs::None,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn early(line: &str) -> EarlyArgs {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        EarlyArgs::scan(&arguments)
    }

    #[test]
    fn scans_what_cannot_be_parsed() {
        for (line, subcommand, command) in [
            ("runkey", None, CommandArgs::None),
            ("runkey --url create use", Some("use"), CommandArgs::None),
            (
                "runkey --nonsense revoke --url x",
                Some("delete"),
                CommandArgs::None,
            ),
            (
                "runkey create -- use --output json",
                Some("create"),
                CommandArgs::Given,
            ),
            ("runkey -v use --", Some("use"), CommandArgs::Missing),
        ] {
            let early = early(line);
            assert_eq!(early.subcommand(), subcommand, "{line}");
            assert_eq!(early.command, command, "{line}");
        }
        let early = early("runkey delete --nonsense --output=json --env-file a");
        assert_eq!(early.output(None), OutputFormat::Json);
        assert_eq!(early.env_file(), Some("a".into()));
    }
}
