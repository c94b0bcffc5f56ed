//! Every option, its environment variable and its help. No meaning: that is in the file of each step.
//!
//! House rules: the first line of an option's help is a sentence; every option has an environment
//! variable, since a step passes values that way; a secret has *only* an environment variable and
//! is therefore not here.

mod parse;
#[cfg(test)]
mod reference;
mod wrong;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::duration;
use crate::octopus::{Access, ActorType};
use crate::stranger::Stranger;
pub use parse::{Look, Parsed, Switch, look, parse};
pub use wrong::explain;

/// How each help text but that of `use` begins.
macro_rules! credential {
    () => {
        "\
The credential comes from the environment alone:
  OCTOPUS_API_KEY       an API key, or
  OCTOPUS_ACCESS_TOKEN  an access token had by OpenID Connect; never both
"
    };
}

const CREDENTIAL: &str = concat!(
    credential!(),
    "
Exit codes: 0 done, 1 failed, 2 wrong usage."
);

const CREATE: &str = concat!(
    credential!(),
    "
Without COMMAND the key is handed to the steps that follow, and the last of them is `runkey delete`.
With COMMAND the run is one step: COMMAND finds the key in its environment, and when it ends, however
it ends, the key is revoked. The run's id then gets eight random characters of its own; without
--run-id it is this machine's name, without --run-by the person is the one behind the credential.

Exit codes: 0 done, 1 failed, 2 wrong usage. With COMMAND: COMMAND's own; 125 runkey failed, or the
key lives on; 126 COMMAND cannot be run, 127 it was not found.

Examples:
  runkey create --run-by 'Alice King (alice)' --run-id ServerTasks-123 --expires-in 30m
  runkey create --space Default -- octopus environment list
  runkey create --trial --output text"
);

const DELETE: &str = concat!(
    credential!(),
    "
Exit codes: 0 done, 1 failed, 2 wrong usage.

Examples:
  runkey delete --run-by 'Alice King (alice)' --run-id ServerTasks-123 --report report.html
  runkey delete --ended --owner runbook-svc"
);

const USE: &str = "\
The run's key comes from the environment alone: OCTOPUS_API_KEY. COMMAND sees it there, and
OCTOPUS_URL and OCTOPUS_SPACE, and under the other names that Octopus's tools look for; it sees no
other credential of Octopus's, and no RUNKEY_*.

Exit codes: COMMAND's own; 125 runkey failed, 126 COMMAND cannot be run, 127 it was not found.

Example: runkey use --space Spaces-1 -- octopus environment list";

/// One Octopus Deploy API key per runbook run, named after the person who started it.
#[derive(Debug, Parser)]
#[command(name = "runkey", bin_name = "runkey", version, after_help = CREDENTIAL, help_expected = true)]
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
    /// Make the run's key and hand it to the steps that follow, or to COMMAND.
    #[command(after_help = CREATE)]
    Create(Create),
    /// Check the run's key and run COMMAND with it.
    #[command(after_help = USE)]
    Use(Use),
    /// Revoke every key of the run.
    #[command(after_help = DELETE)]
    Delete(Delete),
}

/// The options that every step has.
#[derive(Debug, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// The Octopus Server, with its virtual directory if it has one.
    #[arg(long, env = "OCTOPUS_URL", global = true, value_name = "URL", value_parser = stranger())]
    pub url: Option<Stranger>,
    /// What is printed, and for whom [default: octopus; with a COMMAND: text].
    #[arg(long, env = "RUNKEY_OUTPUT", global = true, value_name = "FORMAT")]
    #[arg(value_enum)]
    pub output: Option<OutputFormat>,
    /// Trusted certificates, as PEM, instead of those of the system.
    #[arg(long, env = "RUNKEY_CA_FILE", global = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// How long one request may take.
    #[arg(long, env = "RUNKEY_TIMEOUT", global = true, value_name = "TIME")]
    #[arg(value_parser = duration::parse, default_value = "30s", allow_hyphen_values = true)]
    pub timeout: Duration,
    /// How long to keep trying when the server cannot be reached or is busy [default: 2m; delete: 5m].
    #[arg(long, env = "RUNKEY_RETRY_FOR", global = true, value_name = "TIME")]
    #[arg(value_parser = duration::parse, allow_hyphen_values = true)]
    pub retry_for: Option<Duration>,
    /// A file of variables; what is set already wins [default: .env, if no credential is set].
    #[arg(long, env = "RUNKEY_ENV_FILE", global = true, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Show each request's method, path, status and time.
    #[arg(long, short, env = "RUNKEY_VERBOSE", global = true)]
    #[arg(value_parser = Switch)]
    pub verbose: bool,
}

/// Who started the run, which run it is, and whose account the key is on.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which key")]
pub struct WhichKey {
    /// The key's purpose, word for word; it wins over --run-by and --run-id.
    #[arg(long, env = "RUNKEY_PURPOSE", value_name = "TEXT", value_parser = stranger())]
    pub purpose: Option<Stranger>,
    /// Who started the run, such as `Alice King (alice)`.
    #[arg(long, env = "RUNKEY_RUN_BY", value_name = "PERSON", value_parser = stranger())]
    pub run_by: Option<Stranger>,
    /// Which run it is, such as `ServerTasks-123`.
    #[arg(long, env = "RUNKEY_RUN_ID", value_name = "ID", value_parser = stranger())]
    pub run_id: Option<Stranger>,
    /// The account that owns the key: an id (`Users-21`) or a user name [default: the account behind the credential].
    #[arg(long, env = "RUNKEY_OWNER", value_name = "ACCOUNT", value_parser = stranger())]
    pub owner: Option<Stranger>,
}

/// The options of `runkey create`.
#[derive(Debug, Args)]
pub struct Create {
    /// How long the key lives: `30m`, `2h 30m`, `1d` [default: 1h; with --trial: 10m].
    #[arg(long, env = "RUNKEY_EXPIRES_IN", value_name = "TIME")]
    #[arg(value_parser = duration::parse, allow_hyphen_values = true)]
    pub expires_in: Option<Duration>,
    /// What the key may do; `read-only` fails where the server does not honour it.
    #[arg(long, env = "RUNKEY_ACCESS", value_name = "ACCESS")]
    #[arg(value_enum, default_value_t = Access::Full)]
    pub access: Access,
    /// What acts with the key.
    #[arg(long, env = "RUNKEY_ACTOR_TYPE", value_name = "TYPE")]
    #[arg(value_enum, default_value_t = ActorType::User)]
    pub actor_type: ActorType,
    /// Try what the three steps will be able to do on this server, and leave no key behind.
    #[arg(long, env = "RUNKEY_TRIAL", value_parser = Switch)]
    pub trial: bool,
    #[command(flatten)]
    pub key: WhichKey,
    #[command(flatten)]
    pub beside: Beside,
    /// What to run with the key, which is revoked when it ends.
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// The options of `runkey create -- COMMAND`.
#[derive(Debug, Args)]
#[command(next_help_heading = "With COMMAND")]
pub struct Beside {
    /// The space that COMMAND is to work in, handed on as `OCTOPUS_SPACE`.
    #[arg(long, env = "OCTOPUS_SPACE", value_name = "SPACE", value_parser = stranger())]
    pub space: Option<Stranger>,
    /// How long COMMAND has to end after a signal before it is killed.
    #[arg(long, env = "RUNKEY_GRACE", value_name = "TIME")]
    #[arg(value_parser = duration::parse, default_value = "10s")]
    pub grace: Duration,
    /// Write what was done with the key, from the audit trail: a page (.html), or for machines (.json).
    #[arg(long, env = "RUNKEY_REPORT", value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// The options of `runkey use`.
#[derive(Debug, Args)]
pub struct Use {
    /// The key's id, as `create` handed it on; with --owner it makes the check exact.
    #[arg(long, env = "RUNKEY_KEY_ID", value_name = "ID", value_parser = stranger())]
    pub key_id: Option<Stranger>,
    /// The access that the key must have [default: any].
    #[arg(long, env = "RUNKEY_ACCESS", value_name = "ACCESS", value_enum)]
    pub access: Option<Access>,
    /// Trust the key unseen: send nothing before COMMAND is run.
    #[arg(long, env = "RUNKEY_NO_CHECK", value_parser = Switch)]
    pub no_check: bool,
    /// The space that COMMAND is to work in, handed on as `OCTOPUS_SPACE`.
    #[arg(long, env = "OCTOPUS_SPACE", value_name = "SPACE", value_parser = stranger())]
    pub space: Option<Stranger>,
    /// The step that made the key, to be named when the key is missing.
    #[arg(long, env = "RUNKEY_CREATE_STEP", value_name = "STEP", value_parser = stranger())]
    pub create_step: Option<Stranger>,
    /// Print what the script of a step is to set and clear, without a secret.
    #[arg(long, hide = true, value_name = "WHAT", conflicts_with = "command")]
    pub generate: Option<Generate>,
    /// What to run with the key; without it, the key is only checked.
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
    #[command(flatten)]
    pub key: WhichKey,
}

/// The options of `runkey delete`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the command line"
)]
#[derive(Debug, Args)]
pub struct Delete {
    /// Fail when there is no key of this purpose.
    #[arg(long, env = "RUNKEY_REQUIRE", value_parser = Switch)]
    pub require: bool,
    /// Revoke every expired key that runkey made for the owner, instead of one run's.
    #[arg(long, env = "RUNKEY_EXPIRED", value_parser = Switch)]
    pub expired: bool,
    /// Revoke the keys of runs that are over, too: alone all of the owner's, beside a run's key a few.
    ///
    /// A run is over when Octopus says so of its task, which takes the permission `TaskView`; or when
    /// its key has expired.
    #[arg(long, env = "RUNKEY_ENDED", value_parser = Switch)]
    pub ended: bool,
    /// Show what would be revoked, and revoke nothing.
    #[arg(long, env = "RUNKEY_DRY_RUN", value_parser = Switch)]
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
    #[arg(long, env = "RUNKEY_KEY_ID", value_name = "ID", value_parser = stranger())]
    pub key_id: Option<Stranger>,
    /// The space of the run, such as `Spaces-1`: the report then links the run.
    #[arg(long, env = "OCTOPUS_SPACE", value_name = "ID", value_parser = stranger())]
    pub space: Option<Stranger>,
}

/// What is printed instead of anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Generate {
    /// The environment of a step's script, one variable a line.
    Environment,
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

impl OutputFormat {
    /// What is printed unless something else is asked for: with a COMMAND a person, or a program that
    /// starts it, reads what it prints.
    pub fn usual(has_command: bool) -> Self {
        if has_command {
            Self::Text
        } else {
            Self::Octopus
        }
    }
}

impl ValueEnum for Access {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Full, Self::ReadOnly]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Full => PossibleValue::new("full").help("Everything its owner may do"),
            Self::ReadOnly => PossibleValue::new("read-only").help("Reading only"),
        })
    }
}

impl ValueEnum for ActorType {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::User, Self::AiAgent]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::User => {
                PossibleValue::new("user").help("A person, or a script in a person's name")
            }
            Self::AiAgent => PossibleValue::new("ai-agent").help("An AI agent"),
        })
    }
}

/// Text that somebody else chose.
fn stranger() -> impl TypedValueParser<Value = Stranger> {
    StringValueParser::new().map(Stranger::from)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

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
                .is_some_and(|name| !["help", "version", "generate"].contains(&name))
        }) {
            assert!(
                option.get_env().is_some(),
                "--{} has no variable",
                option.get_long().unwrap_or_default()
            );
        }
    }
}
