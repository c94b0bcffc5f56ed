//! Where values come from besides the command line: the step context, the environment, the env file,
//! in this order.

mod env_file;
pub mod name;
mod step_context;

use std::env;
use std::ffi::OsString;
use std::path::Path;

use env_file::EnvFile;
use octopus::Secret;
use step_context::STEP_CONTEXT;
pub use step_context::{SERVER_URL_ADVICE, StepContext};

use crate::output::{Failure, Reporter};

/// The variables of which one authenticates `create` and `delete`.
const CREDENTIALS: [&str; 3] = [
    "OCTOPUS_API_KEY",
    "OCTOPUS_ACCESS_TOKEN",
    "OCTOPUS_ID_TOKEN",
];
/// The run key, with which `delete` ends a run.
pub const RUN_KEY: &str = "RUNKEY_KEY";
/// The env file that is read where none is named.
const DEFAULT_FILE: &str = ".env";

/// The values of variables.
#[derive(Debug, Default)]
pub struct Environment {
    step_context: Option<StepContext>,
    file: Option<EnvFile>,
    /// Withheld from all that is shown to the end of the process, usage errors included.
    secrets: Vec<Secret>,
    /// `.env` exists, and was not read because a credential is in the environment.
    has_ignored_file: bool,
}

impl Environment {
    /// Reads the step context, and the env file that is named. Without one, `.env` in the current folder
    /// is read if no credential is in the environment: a file that another user put there can then not
    /// say where a credential is sent. Parent folders are not searched.
    ///
    /// # Errors
    /// When one of them is invalid, or a file that is named is missing.
    pub fn load(named: Option<&Path>) -> Result<Self, Failure> {
        let step_context = process_variable(STEP_CONTEXT)
            .map(|text| StepContext::parse(&text.to_string_lossy()))
            .transpose()
            .map_err(|error| {
                Failure::usage(
                    error.to_string(),
                    "Import the step templates again; their scripts set it.",
                )
            })?;
        let mut environment = Self {
            step_context,
            ..Self::default()
        };
        let variable = environment.get("RUNKEY_ENV_FILE");
        let named = named.or(variable.as_deref().map(Path::new));
        let has_credential = CREDENTIALS
            .iter()
            .any(|name| process_variable(name).is_some());
        environment.file = match named {
            Some(file) => EnvFile::read(file, has_credential)?,
            None if environment.step_context.is_some() || !Path::new(DEFAULT_FILE).is_file() => {
                None
            }
            None if has_credential => {
                environment.has_ignored_file = true;
                None
            }
            None => EnvFile::read(Path::new(DEFAULT_FILE), has_credential)?,
        };
        let secrets = CREDENTIALS.iter().chain([&RUN_KEY]);
        let secrets = secrets.filter_map(|name| environment.get(name)?.into_string().ok());
        environment.secrets = secrets.map(Secret::new).collect();
        Ok(environment)
    }

    /// Returns the value of a variable. An empty one counts as not set: a step passes an empty parameter
    /// as an empty variable.
    pub fn get(&self, name: &str) -> Option<OsString> {
        if let Some(context) = &self.step_context {
            if let Some(value) = context.get(name) {
                return Some(value.into());
            }
            if !StepContext::admits(name) {
                return None;
            }
        }
        process_variable(name).or_else(|| Some(self.file.as_ref()?.get(name)?.into()))
    }

    /// What an Octopus step knows of its run.
    pub fn step_context(&self) -> Option<&StepContext> {
        self.step_context.as_ref()
    }

    /// Logs which env file was read, and what is wrong with the step context.
    pub fn report(&self, reporter: &dyn Reporter) {
        if let Some(file) = &self.file {
            reporter.info(&file.summary());
        }
        for warning in self.step_context.iter().flat_map(StepContext::warnings) {
            reporter.warning(warning);
        }
    }

    /// Mentions a `.env` that was not read, where something is missing that it may contain.
    pub fn mention_ignored_file(&self, failure: Failure) -> Failure {
        if self.has_ignored_file {
            failure.help_also(
                "The file .env was ignored because a credential is set in the environment: to use it, pass --env-file .env.",
            )
        } else {
            failure
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
fn process_variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
