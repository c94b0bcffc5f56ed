//! Reads the command line, with the environment and the `.env` file behind it.

use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::{TypedValueParser, ValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, Error, FromArgMatches, ValueEnum};

use super::{Cli, OutputFormat};
use crate::env_file::{Environment, text};
use crate::stranger::Stranger;

/// What is said of a switch that cannot be read.
pub(super) const NEITHER: &str = "which is neither true nor false";
/// The options of `create` that a trial takes.
const BESIDE_TRIAL: [&str; 3] = ["trial", "owner", "expires_in"];

/// What the command line says as far as it can be understood, before it is read in earnest.
#[derive(Debug)]
pub struct Look {
    /// `create`, `use` or `delete`.
    pub step: Option<String>,
    /// Who will read the output.
    pub output: OutputFormat,
    /// The file of variables, if one is named.
    pub env_file: Option<PathBuf>,
    /// Whether there is a COMMAND.
    pub has_command: bool,
    /// Whether one is announced, by `--`, and missing.
    lacks_command: bool,
}

impl Look {
    /// Whether the exit codes are COMMAND's: of `use` always, of `create` where it is given one.
    pub fn codes_are_commands(&self) -> bool {
        match self.step.as_deref() {
            Some("use") => true,
            Some("create") => self.has_command || self.lacks_command,
            _ => false,
        }
    }
}

/// What was read.
#[derive(Debug)]
pub struct Parsed {
    pub cli: Cli,
    /// Variables that cannot be read, but must not keep a key from being revoked.
    pub warnings: Vec<String>,
}

/// Looks at the command line without judging it, to know the step and where errors go.
pub fn look(arguments: &[OsString], environment: &Environment) -> Look {
    let lenient = undemanding(Cli::command());
    // Nothing fails that is not demanded.
    let matches = lenient.try_get_matches_from(arguments).unwrap_or_default();
    let step = matches.subcommand();
    let given = |id: &str, variable: &str| {
        let in_step = step.and_then(|(_, matches)| value(matches, id));
        in_step
            .or_else(|| value(&matches, id))
            .or_else(|| spelled(arguments, &format!("--{}", id.replace('_', "-"))))
            .or_else(|| environment.get(variable))
    };
    let has_command = step.is_some_and(|(_, matches)| value(matches, "command").is_some());
    let lacks_command = !has_command && arguments.last().is_some_and(|last| last == "--");
    Look {
        output: ahead(arguments, "--output")
            .or_else(|| given("output", "RUNKEY_OUTPUT"))
            .and_then(|format| OutputFormat::from_str(format.to_str()?, true).ok())
            .unwrap_or_else(|| OutputFormat::usual(has_command || lacks_command)),
        env_file: given("env_file", "RUNKEY_ENV_FILE").map(PathBuf::from),
        has_command,
        lacks_command,
        step: step.map(|(name, _)| name.to_owned()),
    }
}

/// What an option says that stands behind one that clap does not know: it stops there.
fn ahead(arguments: &[OsString], option: &str) -> Option<OsString> {
    let own = arguments.iter().take_while(|argument| *argument != "--");
    let mut own = own.skip_while(|argument| {
        let name = argument.to_str().unwrap_or_default();
        name.split('=').next() != Some(option)
    });
    let found = own.next()?;
    match found.to_str()?.split_once('=') {
        Some((_, value)) => Some(value.into()),
        None => own.next().cloned(),
    }
}

fn value(matches: &ArgMatches, id: &str) -> Option<OsString> {
    let mut values = matches.try_get_raw(id).ok()??;
    values.next_back().map(OsStr::to_owned)
}

/// The value of an option that stands behind something that cannot be understood.
fn spelled(arguments: &[OsString], option: &str) -> Option<OsString> {
    let mut ours = arguments.iter().take_while(|argument| *argument != "--");
    while let Some(argument) = ours.next() {
        if argument == option {
            return ours.next().cloned();
        }
        let joined = argument
            .to_str()
            .and_then(|text| text.strip_prefix(option)?.strip_prefix('='));
        if let Some(value) = joined {
            return Some(value.into());
        }
    }
    None
}

/// The same command line, with nothing in it that could be wrong.
fn undemanding(command: Command) -> Command {
    command
        .ignore_errors(true)
        .subcommand_required(false)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(|argument| {
            let is_list = argument.get_action().takes_values();
            let argument = argument.env(None::<&str>).default_value(None::<&str>);
            if is_list {
                argument.value_parser(ValueParser::os_string())
            } else {
                argument
            }
        })
        .mut_subcommands(undemanding)
}

/// Reads the command line; what is not on it is looked up in the environment, and then in the file.
///
/// # Errors
/// What is wrong with either, and `--help` and `--version`.
pub fn parse(
    arguments: &[OsString],
    look: &Look,
    environment: &Environment,
) -> Result<Parsed, Error> {
    let mut warnings = Vec::new();
    let mut wrong = None;
    let mut command = Cli::command();
    if look.step.as_deref() == Some("delete") {
        command = command.mut_arg("verbose", |argument| {
            drop_unreadable(argument, environment, &mut warnings)
        });
    }
    let command = fill_in(command, environment, &mut wrong);
    if let Some(error) = wrong {
        return Err(error);
    }
    let matches = command.clone().try_get_matches_from(arguments)?;
    if look.lacks_command {
        let what = "There is no COMMAND behind '--'.";
        return Err(Error::raw(ErrorKind::MissingRequiredArgument, what).with_cmd(&command));
    }
    refuse_beside_trial(&command, &matches)?;
    if let Some(option) = beside_nothing(&matches, look) {
        let what = format!("--{option} is for a COMMAND, and there is none.\n");
        return Err(Error::raw(ErrorKind::MissingRequiredArgument, what).with_cmd(&command));
    }
    let cli = Cli::from_arg_matches(&matches)?;
    Ok(Parsed { cli, warnings })
}

/// A trial makes keys of its own, so nothing on the command line may say what the key is to be. What
/// the environment says is meant for other runs and is left aside.
fn refuse_beside_trial(command: &Command, matches: &ArgMatches) -> Result<(), Error> {
    let Some(("create", create)) = matches.subcommand() else {
        return Ok(());
    };
    if !create.get_flag("trial") {
        return Ok(());
    }
    let step = command.find_subcommand("create").unwrap_or(command);
    let is_useless = |option: &&Arg| {
        let id = option.get_id();
        let is_given = create.ids().any(|given| given == id)
            && create.value_source(id.as_str()) == Some(ValueSource::CommandLine);
        is_given && !BESIDE_TRIAL.contains(&id.as_str()) && !option.is_global_set()
    };
    let useless: Vec<_> = step.get_arguments().filter(is_useless).collect();
    let Some(first) = useless.first() else {
        return Ok(());
    };
    let name = first
        .get_long()
        .map_or_else(|| "COMMAND".to_owned(), |long| format!("--{long}"));
    let what = format!("{name} cannot be used with --trial, which makes keys of its own.");
    Err(Error::raw(ErrorKind::ArgumentConflict, what).with_cmd(step))
}

/// An option of `create` on the command line that means something for a COMMAND only. A variable of
/// that kind may be there for the steps that follow.
fn beside_nothing(matches: &ArgMatches, look: &Look) -> Option<&'static str> {
    let (_, create) = matches
        .subcommand()
        .filter(|(step, _)| *step == "create" && !look.has_command)?;
    let is_given = |option: &&str| create.value_source(option) == Some(ValueSource::CommandLine);
    ["grace", "report", "space"].into_iter().find(is_given)
}

/// A switch of the log that cannot be read must not keep a key from being revoked.
fn drop_unreadable(argument: Arg, environment: &Environment, warnings: &mut Vec<String>) -> Arg {
    let variable = argument.get_env().unwrap_or_default();
    let variable = variable.to_string_lossy().into_owned();
    match environment.get(&variable) {
        Some(value) if truth(&value).is_none() => {
            warnings.push(format!("{} It is left aside.", neither(&variable, &value)));
            argument.env(None::<&str>)
        }
        _ => argument,
    }
}

/// Gives every option the value of its variable in the file where the environment has none. An empty
/// variable counts as not set.
fn fill_in(command: Command, environment: &Environment, wrong: &mut Option<Error>) -> Command {
    let like = command.clone();
    command
        .mut_args(|argument| {
            let argument = argument.hide_env_values(true);
            let Some(variable) = argument.get_env().and_then(OsStr::to_str) else {
                return argument;
            };
            match environment.in_file(variable).map(str::to_owned) {
                Some(value) => match check(&like, &argument, &value) {
                    Ok(()) => {
                        let takes_values = argument.get_action().takes_values();
                        argument
                            .env(None::<&str>)
                            .default_value(value)
                            .hide_default_value(takes_values)
                    }
                    Err(error) => {
                        wrong.get_or_insert(error);
                        argument.env(None::<&str>)
                    }
                },
                None if environment.is_empty(variable) => argument.env(None::<&str>),
                None => argument,
            }
        })
        .mut_subcommands(|step| fill_in(step, environment, wrong))
}

/// Checks a value from the file as if it stood on the command line: clap takes a default that is
/// wrong for a mistake in the program.
fn check(like: &Command, argument: &Arg, value: &str) -> Result<(), Error> {
    let alone = argument
        .clone()
        .env(None::<&str>)
        .default_value(None::<&str>)
        .action(ArgAction::Set)
        .long("value");
    let words = [OsString::from("runkey"), format!("--value={value}").into()];
    let read = Command::new("runkey")
        .arg(alone)
        .try_get_matches_from(words);
    read.map(drop).map_err(|error| {
        let name = argument.get_env().unwrap_or_default().to_string_lossy();
        let value = Stranger::from(value);
        let kind = error.kind();
        let why = error.source().map(|why| format!(": {why}"));
        let why = why.unwrap_or_default();
        Error::raw(
            kind,
            format!(
                "The value '{value}' of {name}, from the file of variables, cannot be used{why}."
            ),
        )
        .with_cmd(like)
    })
}

/// Reads a switch: words for true and false, and nothing else, for a switch that is misread is worse
/// than one that is refused.
#[derive(Debug, Clone)]
pub struct Switch;

impl TypedValueParser for Switch {
    type Value = bool;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<bool, Error> {
        truth(value).ok_or_else(|| {
            let variable = argument.and_then(Arg::get_env).unwrap_or_default();
            let what = neither(&variable.to_string_lossy(), value);
            Error::raw(ErrorKind::InvalidValue, format!("{what}\n")).with_cmd(command)
        })
    }
}

fn truth(value: &OsStr) -> Option<bool> {
    match value.to_str()?.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn neither(variable: &str, value: &OsStr) -> String {
    let value = text(&value.to_owned());
    format!("{variable} is '{value}', {NEITHER}.")
}
