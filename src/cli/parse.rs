//! Reads the command line, with the variables behind it.
//!
//! The values of variables are put between the arguments as options, behind the subcommand and before
//! what is typed: one parser checks them all, and what is typed takes precedence.

use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches};

use super::values::parse_switch;
use super::wrong_usage::{self, Source};
use super::{Cli, CommandArgs, EarlyArgs};
use crate::environment::Environment;
use crate::output::Failure;

/// Options that only concern the log, the report or patience, and the key's ID, which is only a fallback:
/// in `delete` they prevent no revocation.
const LENIENT: [&str; 11] = [
    "output",
    "timeout",
    "retry-for",
    "verbose",
    "quiet",
    "report",
    "space",
    "indeterminate",
    "create-step",
    "key-id",
    "key-expires",
];

/// Options that a preflight check takes in addition to the common ones.
const FOR_PREFLIGHT: [&str; 2] = ["preflight", "owner"];

/// Options of `create` for a command only.
const FOR_COMMAND: [&str; 4] = ["space", "keep-env", "grace", "report"];

/// What was read.
#[derive(Debug)]
pub struct Parsed {
    pub cli: Cli,
    /// What is ignored, in whole sentences.
    pub warnings: Vec<String>,
}

/// Why there is nothing to run.
#[derive(Debug)]
pub enum Stop {
    /// The help or the version, to be printed.
    Print(String),
    /// The command line or a variable is wrong.
    Failure(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// The command line as it is described, without the values of variables in its help.
pub(super) fn command() -> Command {
    fn hide_values(command: Command) -> Command {
        command
            .mut_args(|arg| arg.hide_env_values(true))
            .mut_subcommands(hide_values)
    }
    hide_values(Cli::command())
}

/// Parses the command line and the variables behind it.
///
/// # Errors
/// When either is wrong, or help was asked for.
pub fn parse(
    arguments: &[OsString],
    early: &EarlyArgs,
    environment: &Environment,
) -> Result<Parsed, Stop> {
    let mut reader = Reader {
        typed: arguments.to_vec(),
        variables: Vec::new(),
        warnings: Vec::new(),
        is_lenient: early.subcommand() == Some("delete"),
        is_about_all: early.has("all"),
    };
    let matches = match early.subcommand {
        Some((_, name)) => {
            reader.read_variables(early, name, environment)?;
            reader.parse(early)?
        }
        None => without_variables(command())
            .try_get_matches_from(arguments)
            .map_err(|error| stop(&error, arguments, early, &[]))?,
    };
    if early.command == CommandArgs::Missing {
        let help = "Write the command behind '--', or leave '--' out.";
        return Err(Failure::usage("No command after '--'.", help).into());
    }
    if let Some(("create", create)) = matches.subcommand() {
        Reader::check_create(create, early)?;
    }
    let cli =
        Cli::from_arg_matches(&matches).map_err(|error| stop(&error, arguments, early, &[]))?;
    Ok(Parsed {
        cli,
        warnings: reader.warnings,
    })
}

/// The variables are read by [`Environment`], so clap must not read them.
fn without_variables(command: Command) -> Command {
    command
        .mut_args(|arg| arg.env(None::<&str>))
        .mut_subcommands(without_variables)
}

/// An option whose value comes from a variable.
struct Variable {
    name: String,
    long: String,
    argument: OsString,
}

struct Reader {
    typed: Vec<OsString>,
    variables: Vec<Variable>,
    warnings: Vec<String>,
    is_lenient: bool,
    /// Whether the keys of many runs are meant, which `--run-by` narrows.
    is_about_all: bool,
}

impl Reader {
    /// Returns whether a wrong value of this option is a warning only.
    fn tolerates(&self, long: &str) -> bool {
        let is_name_only = long == "run-by" && !self.is_about_all;
        self.is_lenient && (LENIENT.contains(&long) || is_name_only)
    }

    /// Reads the variables of the options that are not typed.
    fn read_variables(
        &mut self,
        early: &EarlyArgs,
        subcommand: &str,
        environment: &Environment,
    ) -> Result<(), Failure> {
        let root = command();
        let own = root
            .find_subcommand(subcommand)
            .into_iter()
            .flat_map(Command::get_arguments);
        for arg in own.chain(root.get_arguments()) {
            let (Some(long), Some(name)) = (arg.get_long(), arg.get_env().and_then(OsStr::to_str))
            else {
                continue;
            };
            if early.has(long) {
                continue;
            }
            let Some(value) = environment.get(name) else {
                continue;
            };
            match argument(arg, long, name, &value) {
                Ok(Some(argument)) => self.variables.push(Variable {
                    name: name.to_owned(),
                    long: long.to_owned(),
                    argument,
                }),
                Ok(None) => {}
                Err(failure) if self.tolerates(long) => self.ignore(&failure),
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    /// Parses all; in `delete`, again without an option that is wrong and not needed to revoke a key.
    fn parse(&mut self, early: &EarlyArgs) -> Result<ArgMatches, Stop> {
        loop {
            let mut arguments = self.typed.clone();
            let subcommand = EarlyArgs::scan(&arguments).subcommand;
            let behind = subcommand.map_or(arguments.len(), |(at, _)| at + 1);
            let values = self
                .variables
                .iter()
                .map(|variable| variable.argument.clone());
            arguments.splice(behind..behind, values);
            let error = match without_variables(command()).try_get_matches_from(&arguments) {
                Ok(matches) => return Ok(matches),
                Err(error) => error,
            };
            let sources: Vec<_> = self
                .variables
                .iter()
                .map(|variable| Source {
                    long: &variable.long,
                    variable: &variable.name,
                })
                .collect();
            let stop = stop(&error, &self.typed, early, &sources);
            let lenient = wrong_option(&error).filter(|long| self.tolerates(long));
            match (lenient, stop) {
                (Some(long), Stop::Failure(failure)) if self.remove(&long) => self.ignore(&failure),
                (_, stop) => return Err(stop),
            }
        }
    }

    /// Removes an option wherever it comes from; false if it is not there.
    fn remove(&mut self, long: &str) -> bool {
        let count = self.variables.len();
        self.variables.retain(|variable| variable.long != long);
        let early = EarlyArgs::scan(&self.typed);
        let Some(option) = early.options.iter().find(|option| option.long == long) else {
            return self.variables.len() < count;
        };
        self.typed.drain(option.range.clone());
        true
    }

    fn ignore(&mut self, failure: &Failure) {
        self.warnings
            .push(format!("{} Using the default.", failure.what()));
    }

    /// Checks what `create` takes only with a command, or only without one.
    fn check_create(create: &ArgMatches, early: &EarlyArgs) -> Result<(), Failure> {
        let has_command = early.command == CommandArgs::Given;
        let is_preflight = create.get_flag("preflight");
        if has_command && is_preflight {
            let help = "Leave out the command, or --preflight (RUNKEY_PREFLIGHT).";
            return Err(Failure::usage(
                "--preflight cannot be used with a command.",
                help,
            ));
        }
        if is_preflight {
            check_preflight(early)?;
        }
        if has_command && create.contains_id("purpose") {
            return Err(Failure::usage(
                "--purpose (RUNKEY_PURPOSE) cannot be used with a command: each one-command run has a purpose of its own.",
                "Use --run-by and --run-id instead.",
            ));
        }
        let for_command = FOR_COMMAND.into_iter().find(|long| early.has(long));
        if let (false, Some(long)) = (has_command, for_command) {
            let help = "Add the command: runkey create ... -- COMMAND";
            return Err(Failure::usage(
                format!("--{long} requires a command."),
                help,
            ));
        }
        Ok(())
    }
}

/// The preflight check creates keys of its own, so no option may say which. Variables are meant for other
/// runs and are ignored.
fn check_preflight(early: &EarlyArgs) -> Result<(), Failure> {
    let root = command();
    let create = root.find_subcommand("create");
    let own = create.into_iter().flat_map(Command::get_arguments);
    let mut own = own.filter_map(Arg::get_long);
    match own.find(|long| early.has(long) && !FOR_PREFLIGHT.contains(long)) {
        Some(long) => Err(Failure::usage(
            format!("--{long} cannot be used with --preflight, which creates keys of its own."),
            "Remove one of the two.",
        )),
        None => Ok(()),
    }
}

/// The argument for the value of a variable; nothing for a switch that is off.
fn argument(arg: &Arg, long: &str, name: &str, value: &OsStr) -> Result<Option<OsString>, Failure> {
    let text = value.to_string_lossy();
    if text.contains("#{") {
        return Err(wrong_usage::unresolved(name));
    }
    if arg.get_action().takes_values() {
        let mut argument = OsString::from(format!("--{long}="));
        argument.push(value);
        return Ok(Some(argument));
    }
    match parse_switch(&text) {
        Some(true) => Ok(Some(format!("--{long}").into())),
        Some(false) => Ok(None),
        None => Err(wrong_usage::not_a_switch(name, &text)),
    }
}

/// The name of the option that an error is about.
pub(super) fn wrong_option(error: &clap::Error) -> Option<String> {
    match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(arg) => {
            let long = arg.split([' ', '=']).next()?.strip_prefix("--")?;
            Some(long.to_owned())
        }
        _ => None,
    }
}

fn stop(
    error: &clap::Error,
    typed: &[OsString],
    early: &EarlyArgs,
    sources: &[Source<'_>],
) -> Stop {
    match error.kind() {
        ErrorKind::DisplayVersion => Stop::Print(error.to_string()),
        // Help names the variables, which the parser above does not know.
        ErrorKind::DisplayHelp => match command().try_get_matches_from(typed) {
            Err(help) => Stop::Print(help.to_string()),
            Ok(_) => Stop::Print(error.to_string()),
        },
        _ => Stop::Failure(wrong_usage::explain(error, early, sources)),
    }
}
