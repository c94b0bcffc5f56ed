//! What `install` is asked for.

use std::path::PathBuf;

use clap::ArgGroup;

use crate::metadata::Shell;

/// Where to, what, and whether for real. Every secret is in the environment, never an argument.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("credential").args(["service_account", "api_key_variable"]).multiple(true)))]
#[command(group(ArgGroup::new("target").args(["project", "example_runbook"])))]
pub struct Options {
    /// The server, with its virtual directory if it has one
    #[arg(long, value_name = "URL", env = "OCTOPUS_URL", hide_env_values = true)]
    pub url: String,
    /// The space, by its name or its ID
    #[arg(long, env = "OCTOPUS_SPACE", hide_env_values = true)]
    pub space: String,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// The package [default: what `package` made last]
    #[arg(long, value_name = "FILE")]
    pub package: Option<PathBuf>,
    /// Replace step templates of our names that were changed or are of another version
    #[arg(long)]
    pub update_templates: bool,
    /// Create this service account, and have the runbooks become it by OIDC
    #[arg(long, value_name = "USERNAME")]
    pub service_account: Option<String>,
    /// Instead of OIDC, store the API key in `OCTOPUS_SERVICE_API_KEY` in a sensitive variable
    #[arg(long, requires = "target")]
    pub api_key_variable: bool,
    /// The project of --runbook
    #[arg(long, requires_all = ["runbook", "credential"])]
    pub project: Option<String>,
    /// A runbook of yours that gets the credential
    #[arg(long, requires = "project")]
    pub runbook: Option<String>,
    /// Create an example runbook and a cleanup runbook in this project
    #[arg(long, value_name = "PROJECT", requires = "credential")]
    pub example_runbook: Option<String>,
    /// The shell of the example's steps
    #[arg(long, value_enum, default_value_t = Shell::Bash, requires = "example_runbook")]
    pub shell: Shell,
    /// The worker pool of the example's steps [default: the space's default pool]
    #[arg(long, value_name = "POOL", requires = "example_runbook")]
    pub worker_pool: Option<String>,
}
