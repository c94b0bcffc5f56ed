//! Every option, its environment variable and its help. No meaning: that is in the file of each step.
//!
//! House rules: the first line of an option's help is a sentence; every option has an environment
//! variable, since a step passes values that way; a secret has *only* an environment variable and
//! is therefore not here.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::lifetime;

const CREDENTIAL: &str = "\
The credential comes from the environment alone:
  OCTOPUS_API_KEY       an API key, or
  OCTOPUS_ACCESS_TOKEN  an access token had by OpenID Connect; never both

Exit codes: 0 done, 1 failed, 2 wrong usage.";

const USE: &str = "\
The run's key comes from the environment alone: OCTOPUS_API_KEY. COMMAND sees it there, and
OCTOPUS_URL and OCTOPUS_SPACE; it does not see OCTOPUS_ACCESS_TOKEN and RUNKEY_*.

Exit codes: COMMAND's own; 125 runkey failed, 126 COMMAND cannot be run, 127 it was not found.

Example: runkey use --space Spaces-1 -- octopus environment list";

/// One Octopus Deploy API key per runbook run, named after the person who started it.
#[derive(Debug, Parser)]
#[command(name = "runkey", version, after_help = CREDENTIAL, help_expected = true)]
#[command(disable_help_subcommand = true, subcommand_required = true)]
pub struct Cli {
    #[command(subcommand)]
    pub step: Step,
    #[command(flatten)]
    pub common: Common,
}

/// One subcommand for each step of the runbook.
#[derive(Debug, Subcommand)]
pub enum Step {
    /// Make the run's key and hand it to the steps that follow.
    #[command(after_help = CREDENTIAL)]
    Create(Create),
    /// Check the run's key and run COMMAND with it.
    #[command(after_help = USE)]
    Use(Use),
    /// Revoke every key of the run.
    #[command(after_help = CREDENTIAL)]
    Delete(Delete),
}

/// The options that every step has.
#[derive(Debug, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// The Octopus Server, with its virtual directory if it has one.
    #[arg(long, env = "OCTOPUS_URL", global = true, value_name = "URL")]
    pub url: Option<String>,
    /// What is printed, and for whom.
    #[arg(long, env = "RUNKEY_OUTPUT", global = true, value_name = "FORMAT")]
    #[arg(value_enum, default_value_t = OutputFormat::Octopus)]
    pub output: OutputFormat,
    /// More trusted certificates, as PEM, beside those of the system.
    #[arg(long, env = "RUNKEY_CA_FILE", global = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// How long one request may take.
    #[arg(long, env = "RUNKEY_TIMEOUT", global = true, value_name = "TIME")]
    #[arg(value_parser = lifetime::parse, default_value = "30s")]
    pub timeout: Duration,
    /// How long to keep trying when the server cannot be reached or is busy [default: 2m; delete: 5m].
    #[arg(long, env = "RUNKEY_RETRY_FOR", global = true, value_name = "TIME")]
    #[arg(value_parser = lifetime::parse)]
    pub retry_for: Option<Duration>,
    /// A file of variables, instead of `.env` in the current folder; what is set already wins.
    #[arg(long, env = "RUNKEY_ENV_FILE", global = true, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Show each request's method, path, status and time.
    #[arg(long, short, env = "RUNKEY_VERBOSE", global = true)]
    #[arg(value_parser = FalseyValueParser::new())]
    pub verbose: bool,
}

/// Who started the run, which run it is, and whose account the key is on.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which key")]
pub struct WhichKey {
    /// The key's purpose, word for word; it wins over --run-by and --run-id.
    #[arg(long, env = "RUNKEY_PURPOSE", value_name = "TEXT")]
    pub purpose: Option<String>,
    /// Who started the run, such as `Alice King (alice)`.
    #[arg(long, env = "RUNKEY_RUN_BY", value_name = "PERSON")]
    pub run_by: Option<String>,
    /// Which run it is, such as `ServerTasks-123`.
    #[arg(long, env = "RUNKEY_RUN_ID", value_name = "ID")]
    pub run_id: Option<String>,
    /// The account that owns the key: an id (`Users-21`) or a user name [default: the account behind the credential].
    #[arg(long, env = "RUNKEY_OWNER", value_name = "ACCOUNT")]
    pub owner: Option<String>,
}

/// The options of `runkey create`.
#[derive(Debug, Args)]
pub struct Create {
    /// How long the key lives: `30m`, `2h 30m`, `1d`.
    #[arg(long, env = "RUNKEY_EXPIRES_IN", value_name = "TIME")]
    #[arg(value_parser = lifetime::parse, default_value = "1h")]
    pub expires_in: Duration,
    /// What the key may do; `read-only` fails where the server does not honour it.
    #[arg(long, env = "RUNKEY_ACCESS", value_name = "ACCESS")]
    #[arg(value_enum, default_value_t = Access::Full)]
    pub access: Access,
    /// What acts with the key.
    #[arg(long, env = "RUNKEY_ACTOR_TYPE", value_name = "TYPE")]
    #[arg(value_enum, default_value_t = ActorType::User)]
    pub actor_type: ActorType,
    #[command(flatten)]
    pub key: WhichKey,
}

/// The options of `runkey use`.
#[derive(Debug, Args)]
pub struct Use {
    /// The key's id, as `create` handed it on; with --owner it makes the check exact.
    #[arg(long, env = "RUNKEY_KEY_ID", value_name = "ID")]
    pub key_id: Option<String>,
    /// The access that the key must have [default: any].
    #[arg(long, env = "RUNKEY_ACCESS", value_name = "ACCESS", value_enum)]
    pub access: Option<Access>,
    /// Trust the key unseen: send nothing before COMMAND is run.
    #[arg(long, env = "RUNKEY_NO_CHECK", value_parser = FalseyValueParser::new())]
    pub no_check: bool,
    /// The space that COMMAND is to work in, handed on as `OCTOPUS_SPACE`.
    #[arg(long, env = "OCTOPUS_SPACE", value_name = "SPACE")]
    pub space: Option<String>,
    /// The step that made the key, to be named when the key is missing.
    #[arg(long, env = "RUNKEY_CREATE_STEP", value_name = "STEP")]
    pub create_step: Option<String>,
    /// What to run with the key; without it, the key is only checked.
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
    #[command(flatten)]
    pub key: WhichKey,
}

/// The options of `runkey delete`.
#[derive(Debug, Args)]
pub struct Delete {
    /// Fail when there is no key of this purpose.
    #[arg(long, env = "RUNKEY_REQUIRE", value_parser = FalseyValueParser::new())]
    pub require: bool,
    /// Revoke every expired key that runkey made for the owner, instead of one run's.
    #[arg(long, env = "RUNKEY_EXPIRED", value_parser = FalseyValueParser::new())]
    pub expired: bool,
    /// Show what would be revoked, and revoke nothing.
    #[arg(long, env = "RUNKEY_DRY_RUN", value_parser = FalseyValueParser::new())]
    pub dry_run: bool,
    #[command(flatten)]
    pub key: WhichKey,
    #[command(flatten)]
    pub report: Report,
}

/// The audit report of `runkey delete`. What is wrong with these options must not keep a key from
/// being revoked, so they are read afterwards.
#[derive(Debug, Args)]
#[command(next_help_heading = "Audit report")]
pub struct Report {
    /// Write what was done with the key, from the audit trail: a page (.html), or for machines (.json).
    ///
    /// Where `RUNKEY_PROOF_KEY` holds the run's key, it is presented once more and must be refused.
    #[arg(long = "report", env = "RUNKEY_REPORT", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// The key's id, as `create` handed it on: for the report when the key is gone already.
    #[arg(long, env = "RUNKEY_KEY_ID", value_name = "ID")]
    pub key_id: Option<String>,
    /// When the key was made, such as `2026-09-15T09:00:00Z`: for the report when it is gone already.
    #[arg(long, env = "RUNKEY_SINCE", value_name = "TIME")]
    pub since: Option<String>,
    /// The space of the run, such as `Spaces-1`: the report then links the run.
    #[arg(long, env = "OCTOPUS_SPACE", value_name = "ID")]
    pub space: Option<String>,
}

/// What is printed, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Service messages and log lines for an Octopus step.
    Octopus,
    /// One JSON object on standard output, all else on standard error.
    Json,
    /// For a person; `create` prints the key alone on standard output.
    Text,
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Access {
    /// Everything its owner may do.
    Full,
    /// Reading only.
    ReadOnly,
}

/// What acts with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ActorType {
    /// A person, or a script in a person's name.
    User,
    /// An AI agent.
    AiAgent,
}

/// Reads the command line and the environment. An empty variable counts as not set: a step template
/// passes an empty parameter as an empty variable.
///
/// # Errors
/// What clap finds wrong with the command line, and its `--help` and `--version`.
pub fn parse(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    let command = ignore_empty_variables(Cli::command());
    let matches = command.try_get_matches_from(arguments)?;
    Cli::from_arg_matches(&matches)
}

/// What the command line or a variable says about one option, before all options can be read.
pub fn peek(arguments: &[OsString], option: &str, variable: &str) -> Option<OsString> {
    let mut own = arguments.iter().take_while(|argument| *argument != "--");
    while let Some(argument) = own.next() {
        if argument == option {
            return own.next().cloned();
        }
        if let Some(value) = argument
            .to_str()
            .and_then(|text| text.strip_prefix(option)?.strip_prefix('='))
        {
            return Some(value.into());
        }
    }
    std::env::var_os(variable).filter(|value| !value.is_empty())
}

/// Which step is meant, before all options can be read.
pub fn peek_step(arguments: &[OsString]) -> Option<&OsString> {
    let is_step = |argument: &&OsString| {
        ["create", "use", "delete"]
            .iter()
            .any(|step| argument == step)
    };
    arguments.iter().skip(1).find(is_step)
}

/// Who will read the output, as far as that can be told before all options can be read.
pub fn peek_output(arguments: &[OsString]) -> OutputFormat {
    peek(arguments, "--output", "RUNKEY_OUTPUT")
        .and_then(|value| OutputFormat::from_str(value.to_str()?, true).ok())
        .unwrap_or(OutputFormat::Octopus)
}

fn ignore_empty_variables(command: clap::Command) -> clap::Command {
    command
        .mut_args(|argument| {
            let empty = argument
                .get_env()
                .is_some_and(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()));
            let argument = argument.hide_env_values(true);
            if empty {
                argument.env(None::<&str>)
            } else {
                argument
            }
        })
        .mut_subcommands(ignore_empty_variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_well_formed_and_has_a_help_text() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_has_an_environment_variable() {
        let command = Cli::command();
        let options = command
            .get_subcommands()
            .flat_map(clap::Command::get_arguments)
            .chain(command.get_arguments());
        for option in options.filter(|option| {
            option
                .get_long()
                .is_some_and(|name| !["help", "version"].contains(&name))
        }) {
            assert!(
                option.get_env().is_some(),
                "--{} has no variable",
                option.get_long().unwrap_or_default()
            );
        }
    }

    #[test]
    fn the_readme_lists_every_option_with_its_variable() {
        let readme = include_str!("../README.md");
        let command = Cli::command();
        let options = command
            .get_subcommands()
            .flat_map(clap::Command::get_arguments)
            .chain(command.get_arguments());
        for option in options {
            let (Some(long), Some(variable)) = (option.get_long(), option.get_env()) else {
                continue;
            };
            let option = format!("--{long}");
            let variable = format!("`{}`", variable.to_string_lossy());
            let row = |line: &str| line.contains(&option) && line.contains(&variable);
            assert!(readme.lines().any(row), "README.md has no row for {option}");
        }
    }
}
