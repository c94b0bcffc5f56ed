//! Every option, its environment variable and its help. What the values mean is decided elsewhere.
//!
//! Every option has an environment variable, since a step passes values that way, except `--all` and
//! `--yes`. A secret has *only* an environment variable and is therefore not here.

pub mod duration;
mod early;
mod generate;
mod help;
mod parse;
mod values;
mod wrong_usage;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser};
use jiff::Timestamp;
use octopus::Untrusted;

pub use early::{CommandArgs, EarlyArgs};
pub use generate::generate;
pub use parse::{Stop, parse};
use values::untrusted;
pub use values::{Access, ActorType, OutputFormat};

/// How long keys of the preflight check are valid.
const PREFLIGHT_LIFETIME: Duration = Duration::from_mins(10);

/// Short-lived Octopus Deploy API keys, one per run, named after the person who
/// started it
#[derive(Debug, Parser)]
#[command(name = "runkey", bin_name = "runkey", version, after_help = help::OVERVIEW)]
#[command(
    disable_help_subcommand = true,
    help_expected = true,
    max_term_width = 80
)]
#[command(subcommand_required = true, subcommand_value_name = "SUBCOMMAND")]
#[command(subcommand_help_heading = "Subcommands")]
pub struct Cli {
    #[command(subcommand)]
    pub subcommand: Subcommand,
    #[command(flatten)]
    pub common: Common,
    /// Print completions for a shell, or the manual page
    #[arg(long, value_name = "KIND", value_enum, hide = true)]
    generate: Option<generate::Kind>,
}

/// One subcommand for each step of the runbook.
#[derive(Debug, clap::Subcommand)]
pub enum Subcommand {
    /// Create the run key and pass it to later steps, or to a command
    #[command(after_help = help::CREATE)]
    Create(CreateOptions),
    /// Check the run key and run a command with it
    #[command(after_help = help::USE)]
    Use(UseOptions),
    /// Revoke the run key
    #[command(after_help = help::DELETE, visible_alias = "revoke")]
    Delete(DeleteOptions),
}

/// The options of every subcommand.
#[derive(Debug, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// Octopus Server URL, with its virtual directory if any (required)
    #[arg(long, env = "OCTOPUS_URL", global = true, value_name = "URL", value_parser = untrusted())]
    pub url: Option<Untrusted>,
    /// Service account ID (required with an ID token)
    #[arg(
        long,
        env = "OCTOPUS_SERVICE_ACCOUNT_ID",
        global = true,
        value_name = "ID"
    )]
    #[arg(value_parser = untrusted())]
    pub service_account_id: Option<Untrusted>,
    /// Output format [default: text on a terminal or with a command, else octopus]
    #[arg(
        long,
        env = "RUNKEY_OUTPUT",
        global = true,
        value_name = "FORMAT",
        value_enum
    )]
    pub output: Option<OutputFormat>,
    /// Trust the CA certificates in this PEM file instead of the system's
    #[arg(long, env = "RUNKEY_CA_FILE", global = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Timeout of each request
    #[arg(long, env = "RUNKEY_TIMEOUT", global = true, value_name = "DURATION")]
    #[arg(value_parser = duration::parse, default_value = "30s", allow_hyphen_values = true)]
    pub timeout: Duration,
    /// Total time for retries [default: 2m; delete: 5m; preflight check: 30s]
    #[arg(long, env = "RUNKEY_RETRY_FOR", global = true, value_name = "DURATION")]
    #[arg(value_parser = duration::parse, allow_hyphen_values = true)]
    pub retry_for: Option<Duration>,
    /// Read variables from this file [default: .env if no credential is set]
    #[arg(long, env = "RUNKEY_ENV_FILE", global = true, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Log each request's method, path, status and duration
    #[arg(
        long,
        short,
        env = "RUNKEY_VERBOSE",
        global = true,
        overrides_with = "quiet"
    )]
    pub verbose: bool,
    /// Log only warnings and errors (json, text)
    #[arg(
        long,
        short,
        env = "RUNKEY_QUIET",
        global = true,
        overrides_with = "verbose"
    )]
    pub quiet: bool,
}

/// Whose run it is, and which account owns the key.
#[derive(Debug, Args)]
#[command(next_help_heading = "Run")]
pub struct RunOptions {
    /// Person who started the run, e.g. 'Alice King (alice)'
    #[arg(long, env = "RUNKEY_RUN_BY", value_name = "PERSON", value_parser = untrusted())]
    pub run_by: Option<Untrusted>,
    /// Unique ID of the run, e.g. ServerTasks-123
    #[arg(long, env = "RUNKEY_RUN_ID", value_name = "ID", value_parser = untrusted())]
    pub run_id: Option<Untrusted>,
    /// Exact purpose of the key, instead of --run-by and --run-id
    #[arg(long, env = "RUNKEY_PURPOSE", value_name = "TEXT", value_parser = untrusted())]
    pub purpose: Option<Untrusted>,
    /// Account that owns the key, an ID or a username [default: the credential's]
    #[arg(long, env = "RUNKEY_OWNER", value_name = "ACCOUNT", value_parser = untrusted())]
    pub owner: Option<Untrusted>,
}

/// The options of `runkey create -- COMMAND`, without the command.
#[derive(Debug, Args)]
#[command(next_help_heading = "With a command")]
pub struct CommandOptions {
    /// Space of the command, passed as `OCTOPUS_SPACE`
    #[arg(long, env = "OCTOPUS_SPACE", value_name = "SPACE", value_parser = untrusted())]
    pub space: Option<Untrusted>,
    /// Time that the command has after SIGTERM or SIGHUP before it is killed
    #[arg(long, env = "RUNKEY_GRACE", value_name = "DURATION")]
    #[arg(value_parser = duration::parse, default_value = "10s", allow_hyphen_values = true)]
    pub grace: Duration,
    /// Write an audit report of the run (.html or .json)
    #[arg(long, env = "RUNKEY_REPORT", value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// The options of `runkey create`.
#[derive(Debug, Args)]
pub struct CreateOptions {
    /// Test what this server supports with temporary keys; creates no run key
    #[arg(long, env = "RUNKEY_PREFLIGHT")]
    pub preflight: bool,
    /// Lifetime of the key, e.g. 30m, 2h 30m, 1d
    #[arg(long, env = "RUNKEY_EXPIRES_IN", value_name = "DURATION")]
    #[arg(value_parser = duration::parse, default_value = "1h", allow_hyphen_values = true)]
    pub expires_in: Duration,
    /// Access level of the key
    #[arg(long, env = "RUNKEY_ACCESS", value_name = "LEVEL", value_enum)]
    #[arg(default_value_t = Access::Full)]
    pub access: Access,
    /// Actor that uses the key
    #[arg(long, env = "RUNKEY_ACTOR_TYPE", value_name = "TYPE", value_enum)]
    #[arg(default_value_t = ActorType::User)]
    pub actor_type: ActorType,
    #[command(flatten)]
    pub run: RunOptions,
    #[command(flatten)]
    pub command_options: CommandOptions,
    /// Variables that the command keeps although they would be cleared
    #[arg(
        long,
        env = "RUNKEY_KEEP_ENV",
        value_name = "NAMES",
        value_delimiter = ','
    )]
    #[arg(help_heading = "With a command")]
    pub keep_env: Vec<String>,
    /// Command to run with the key, which is revoked when the command ends
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

impl CreateOptions {
    /// How long the key is to be valid.
    pub fn lifetime(&self) -> Duration {
        if self.preflight {
            PREFLIGHT_LIFETIME
        } else {
            self.expires_in
        }
    }
}

/// The options of `runkey use`.
#[derive(Debug, Args)]
pub struct UseOptions {
    /// ID of the key, from the create step; with --owner its record is checked
    #[arg(long, env = "RUNKEY_KEY_ID", value_name = "ID", value_parser = untrusted())]
    pub key_id: Option<Untrusted>,
    /// Name of the create step, for error messages
    #[arg(long, env = "RUNKEY_CREATE_STEP", value_name = "STEP", value_parser = untrusted())]
    pub create_step: Option<Untrusted>,
    /// Skip the key check
    #[arg(long, env = "RUNKEY_NO_CHECK")]
    pub no_check: bool,
    /// Space of the command, passed as `OCTOPUS_SPACE`
    #[arg(long, env = "OCTOPUS_SPACE", value_name = "SPACE", value_parser = untrusted())]
    pub space: Option<Untrusted>,
    /// Variables that the command keeps although they would be cleared
    #[arg(
        long,
        env = "RUNKEY_KEEP_ENV",
        value_name = "NAMES",
        value_delimiter = ','
    )]
    pub keep_env: Vec<String>,
    /// Print what a shell has to change in its environment, for the step template
    #[arg(long, value_name = "KIND", value_enum, hide = true)]
    pub generate: Option<generate::ShellKind>,
    /// Command to run with the key; without one, the key is only checked
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
    #[command(flatten)]
    pub run: RunOptions,
}

/// The options of `runkey delete`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the command line"
)]
#[derive(Debug, Args)]
pub struct DeleteOptions {
    /// List the keys that would be revoked, and revoke none
    #[arg(long, env = "RUNKEY_DRY_RUN")]
    pub dry_run: bool,
    /// Fail if no key is found
    #[arg(long, env = "RUNKEY_REQUIRE")]
    pub require: bool,
    /// Revoke the owner's keys of finished runs, instead of one run's
    #[arg(long, env = "RUNKEY_FINISHED", conflicts_with = "all")]
    pub finished: bool,
    /// Revoke every key of runkey on the owner, active runs included
    #[arg(long)]
    pub all: bool,
    /// Do not ask before --all
    #[arg(long, requires = "all")]
    pub yes: bool,
    /// ID of the key, from the create step: looked up if the keys cannot be listed
    #[arg(long, env = "RUNKEY_KEY_ID", value_name = "ID", value_parser = untrusted())]
    pub key_id: Option<Untrusted>,
    /// Name of the create step, for error messages
    #[arg(long, env = "RUNKEY_CREATE_STEP", value_name = "STEP", value_parser = untrusted())]
    pub create_step: Option<Untrusted>,
    /// Write an audit report of the run (.html or .json)
    #[arg(long, env = "RUNKEY_REPORT", value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Space of the run, for links in the report
    #[arg(long, env = "OCTOPUS_SPACE", value_name = "SPACE", value_parser = untrusted())]
    pub space: Option<Untrusted>,
    /// Expiry of the key, from the create step, for messages
    #[arg(long, env = "RUNKEY_KEY_EXPIRES", value_name = "TIME", hide = true)]
    pub key_expires: Option<Timestamp>,
    /// When a POST was sent whose response was lost, from the create step
    #[arg(long, env = "RUNKEY_INDETERMINATE", value_name = "TIME", hide = true)]
    pub indeterminate: Option<Timestamp>,
    #[command(flatten)]
    pub run: RunOptions,
}

impl DeleteOptions {
    /// The create step as a message names it, at the beginning of a sentence.
    pub fn create_step_in_words(&self) -> String {
        match &self.create_step {
            Some(step) => format!("Step '{step}'"),
            None => "The create step".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_option_has_help() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_has_variable() {
        let command = Cli::command();
        let own = command
            .get_subcommands()
            .flat_map(clap::Command::get_arguments);
        let without: Vec<_> = own
            .chain(command.get_arguments())
            .filter(|arg| arg.get_env().is_none())
            .filter_map(clap::Arg::get_long)
            .collect();
        assert_eq!(without, ["generate", "all", "yes", "generate"]);
    }
}
