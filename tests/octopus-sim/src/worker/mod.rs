//! A simulated Octopus worker: it runs step templates and script steps the way a real one does.
//!
//! It substitutes `#{…}` in the script, gives the script the Octopus functions, runs it in its own
//! shell, reads the service messages from both streams, keeps output variables and artifacts, and
//! masks what is sensitive in the log. It keeps to what is publicly known of Octopus Deploy and
//! takes the harsher reading where that leaves room: a value is hidden on a stream only after that
//! stream itself was told to hide it, since a real worker reads the two in a race.

mod bash;
mod cancellation;
mod collector;
mod control;
mod log;
mod powershell;
mod process;
mod result;
mod runbook;
pub mod service_message;
mod step;
mod substitution;
mod system_variables;
mod task;
mod task_state;
mod template;
mod tree;
mod variables;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

pub use cancellation::Cancellation;
pub use control::{Control, Moment};
pub use log::{Level, LogLine, Stream, render};
use process::News;
pub use result::{Artifact, Progress, StepResult, Stop};
pub use runbook::Runbook;
pub use step::{RunCondition, Step};
pub use substitution::substitute;
pub use task::{StepRecord, StepState, TaskResult};
pub use task_state::TaskState;
pub use template::Syntax;
pub use variables::{Variable, Variables};

/// Why a step could not be run at all. A script that fails is no error but a failed [`StepResult`].
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The text is not the JSON of an exported script step template.
    #[error("The text is not a step template as Octopus exports one: {0}.")]
    Template(#[from] serde_json::Error),
    /// The machine lacks the shell that the step is written for.
    #[error("Cannot run here: '{shell}' is not on the PATH.")]
    NoShell {
        /// The program that was looked for.
        shell: &'static str,
    },
    /// The machine refused a process or a temporary folder.
    #[error("The worker could not run the step: {0}.")]
    Io(#[from] std::io::Error),
}

/// A machine that runs steps, with an environment of its own.
#[derive(Clone, Debug, Default)]
pub struct Worker {
    path_entries: Vec<PathBuf>,
    environment: Vec<(OsString, OsString)>,
}

impl Worker {
    /// A worker whose scripts see this machine's `PATH` and home folder and nothing else of its
    /// environment.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `folder` in front of the `PATH` of every script.
    #[must_use]
    pub fn path_entry(mut self, folder: impl AsRef<Path>) -> Self {
        self.path_entries.push(folder.as_ref().to_path_buf());
        self
    }

    /// Sets an environment variable for every script.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        let pair = (name.as_ref().to_owned(), value.as_ref().to_owned());
        self.environment.push(pair);
        self
    }

    /// Runs one step. `variables` are those of the run: the system's, and the output variables of
    /// earlier steps; the step's own parameters are added to them.
    ///
    /// # Errors
    /// When the step's shell is not on this machine or a process cannot be started.
    pub fn run(&self, step: &Step, variables: &Variables) -> Result<StepResult, WorkerError> {
        self.run_under(&mut Control::new(), step, variables)
    }

    fn run_under(
        &self,
        control: &mut Control<'_>,
        step: &Step,
        variables: &Variables,
    ) -> Result<StepResult, WorkerError> {
        let mut variables = variables.clone();
        variables.extend(step.variables());
        let body = substitute(step.body(), &variables);

        let folder = tempfile::tempdir()?;
        let (mut command, input) = match step.syntax() {
            Syntax::Bash => bash::prepare(folder.path(), &body, &variables)?,
            Syntax::PowerShell => powershell::prepare(folder.path(), &body, &variables)?,
        };
        self.set_environment(&mut command);
        command.current_dir(folder.path());
        let cancellation = control.cancellation().clone();
        let limits = process::Limits {
            cancellation: &cancellation,
            time: step.limit(),
        };
        let finished = process::run(&mut command, input, &limits, |news| match *news {
            News::Line(stream, text) => {
                let step = step.name();
                control.tell(&Moment::Line { step, stream, text });
            }
            News::Stop(Stop::Canceled) => control.tell(&Moment::State(TaskState::Cancelling)),
            News::Stop(Stop::TimedOut) => {}
        });
        let finished = finished.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => WorkerError::NoShell {
                shell: step.syntax().shell(),
            },
            _ => WorkerError::Io(error),
        })?;
        Ok(collector::collect(finished, &variables, folder.path()))
    }

    fn set_environment(&self, command: &mut std::process::Command) {
        // Windows needs the last ones to start any program.
        const KEPT: [&str; 8] = [
            "HOME",
            "LANG",
            "PATHEXT",
            "SYSTEMROOT",
            "TEMP",
            "TMP",
            "TMPDIR",
            "USERPROFILE",
        ];
        command.env_clear();
        for name in KEPT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let machine = std::env::var_os("PATH").unwrap_or_default();
        let folders = self.path_entries.iter().cloned();
        let path = std::env::join_paths(folders.chain(std::env::split_paths(&machine)));
        command.env("PATH", path.unwrap_or(machine));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
    }
}
