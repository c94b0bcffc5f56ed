//! A machine that runs steps.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use super::account::OidcAccount;
use super::control::Control;
use super::environment::Environment;
use super::error::WorkerError;
use super::log::{Level, LogLine, Stream};
use super::process;
use super::result::StepResult;
use super::shells::Syntax;
use super::step::Step;
use super::substitution::substitute;
use super::variables::Variables;
use super::{collector, shells};
use crate::IdToken;

/// The exit code of a step whose variables cannot be evaluated.
const CANNOT_EVALUATE: i32 = 101;

/// A machine that runs steps, with an environment of its own.
#[derive(Clone, Debug, Default)]
pub struct Worker {
    environment: Environment,
    accounts: Vec<OidcAccount>,
}

impl Worker {
    /// A worker whose scripts see the system's folders as their `PATH`, without those that have a
    /// `runkey`, the home folder, and nothing else of this machine's environment.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `folder` in front of the `PATH` of every script.
    pub fn path_entry(mut self, folder: impl AsRef<Path>) -> Self {
        self.environment.add_path_entry(folder.as_ref());
        self
    }

    /// Sets an environment variable for every script.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.environment.set(name.as_ref(), value.as_ref());
        self
    }

    /// Gives every step a Generic OIDC account as the project variable of this name: a fresh ID
    /// token by `issue`, such as that of [`Octopus::id_tokens`](crate::Octopus::id_tokens).
    pub fn oidc_account(
        mut self,
        variable: &str,
        issue: impl Fn() -> IdToken + Send + Sync + 'static,
    ) -> Self {
        self.accounts.push(OidcAccount::new(variable, issue));
        self
    }

    /// Whether this machine has the shell for a language.
    pub fn has(syntax: Syntax) -> bool {
        Environment::default().finds(syntax.shell())
    }

    /// Runs one step. `variables` are those of the run: the system's, and the output variables of
    /// earlier steps; of them the step gets those in its scope, and its own parameters.
    pub fn run(&self, step: &Step, variables: &Variables) -> Result<StepResult, WorkerError> {
        self.run_under(&mut Control::new(), step, variables)
    }

    pub(super) fn run_under(
        &self,
        control: &mut Control<'_>,
        step: &Step,
        variables: &Variables,
    ) -> Result<StepResult, WorkerError> {
        let mut variables = variables.in_scope_of(step.name());
        variables.extend(&step.variables);
        for account in &self.accounts {
            account.give_to(step, &mut variables);
        }
        let folder = tempfile::tempdir()?;
        let log = unpack(step, folder.path(), &mut variables)?;
        if let Some(name) = variables.leading_to_itself() {
            return Ok(cannot_evaluate(name, log));
        }
        let body = substitute(&step.body, &variables);
        let (mut command, input) = match step.syntax {
            Syntax::Bash => shells::bash(folder.path(), &body, &variables)?,
            Syntax::PowerShell => shells::powershell(folder.path(), &body, &variables)?,
        };
        self.environment.give_to(&mut command);
        command.current_dir(folder.path());

        let finished = process::run(&mut command, input, |line| control.cancels_at(line))
            .map_err(|error| cannot_start(step, error))?;
        Ok(collector::collect(finished, &variables, folder.path(), log))
    }
}

/// Unpacks the step's packages, and passes over those that were not acquired.
fn unpack(step: &Step, folder: &Path, variables: &mut Variables) -> io::Result<Vec<LogLine>> {
    let mut log = Vec::new();
    for package in &step.packages {
        let path = package.unpack(folder)?;
        if path.is_none() {
            let text = format!("The package '{}' was not acquired.", package.name);
            log.push(LogLine {
                level: Level::Verbose,
                stream: Stream::Stdout,
                text,
            });
        }
        let path = path.map(|path| path.display().to_string());
        variables.set(package.variable(), path.unwrap_or_default(), false);
    }
    Ok(log)
}

/// Octopus evaluates every variable before it starts a script.
fn cannot_evaluate(name: &str, mut log: Vec<LogLine>) -> StepResult {
    let text = format!("The value of the variable '{name}' leads back to itself.");
    let raw_stderr = format!("{text}\n");
    log.push(LogLine {
        level: Level::Error,
        stream: Stream::Stderr,
        text,
    });
    StepResult {
        exit_code: Some(CANNOT_EVALUATE),
        log,
        raw_stderr,
        ..StepResult::default()
    }
}

fn cannot_start(step: &Step, error: io::Error) -> WorkerError {
    match error.kind() {
        io::ErrorKind::NotFound => WorkerError::NoShell {
            shell: step.syntax.shell(),
        },
        _ => WorkerError::Io(error),
    }
}
