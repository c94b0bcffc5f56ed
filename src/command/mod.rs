//! The command, which works with the run key: its environment, and how it is run.

mod child;
mod environment;
mod exec;
pub mod signals;
mod spawn_error;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

pub use environment::Work;
use environment::{Change, removed_names};
pub use signals::Signals;
pub use spawn_error::SpawnError;

use crate::output::{Failure, Reporter};

/// runkey itself failed, or a key may be active.
pub const RUNKEY_FAILED: u8 = 125;

impl Work<'_> {
    /// Becomes the command; returns only if that failed, or on Windows when the command has ended.
    ///
    /// # Errors
    /// When it could not be started.
    pub fn exec(
        &self,
        command: &[OsString],
        reporter: &dyn Reporter,
    ) -> Result<ExitCode, SpawnError> {
        self.start(command, reporter, exec::exec)
    }

    /// Runs the command as a child to its end, and returns its exit code.
    ///
    /// # Errors
    /// When it could not be started.
    pub fn run_child(
        &self,
        command: &[OsString],
        signals: &Signals,
        grace: Duration,
        reporter: &dyn Reporter,
    ) -> Result<i32, SpawnError> {
        self.start(command, reporter, |command| {
            child::run(command, signals, grace)
        })
    }

    /// Names the variables that are removed for their value, and returns all changes.
    pub fn report_removed(&self, reporter: &dyn Reporter) -> BTreeMap<OsString, Change> {
        let changes = self.changes();
        if let Some(line) = removed_names(&changes) {
            reporter.warning(&line);
        }
        changes
    }

    fn start<T>(
        &self,
        command: &[OsString],
        reporter: &dyn Reporter,
        start: impl FnOnce(&mut Command) -> io::Result<T>,
    ) -> Result<T, SpawnError> {
        let (program, arguments) = command
            .split_first()
            .map_or((OsStr::new(""), command), |(program, arguments)| {
                (program.as_os_str(), arguments)
            });
        let changes = self.report_removed(reporter);
        let mut process = Command::new(found(program));
        process.args(arguments);
        for (name, change) in changes {
            match change {
                Change::Key => process.env(name, self.key.expose()),
                Change::Set(value) => process.env(name, value),
                Change::Remove | Change::RemoveSecret => process.env_remove(name),
            };
        }
        start(&mut process).map_err(|error| SpawnError::new(program, !arguments.is_empty(), &error))
    }
}

/// Refuses a command with a credential among its arguments, which every user of the machine can read.
///
/// # Errors
/// When an argument contains one.
pub fn refuse_secret_arguments(command: &[OsString]) -> Result<(), Failure> {
    let is_secret = |argument: &OsString| octopus::contains_secret(&argument.to_string_lossy());
    match command.iter().position(is_secret) {
        None => Ok(()),
        Some(index) => Err(Failure::usage(
            format!("Argument {index} of the command contains a credential (not shown)."),
            "Let the command read OCTOPUS_API_KEY: runkey sets it to the run key.",
        )),
    }
}

/// Whether a program is named by its path, and not looked for.
fn is_path(program: &OsStr) -> bool {
    program.is_empty() || program.to_string_lossy().contains(std::path::is_separator)
}

/// The files that a program's name may mean: itself if it is a path, else one in each folder of the
/// `PATH`.
#[expect(clippy::disallowed_methods, reason = "the PATH is the system's")]
fn candidates(program: &OsStr) -> Vec<PathBuf> {
    if is_path(program) {
        return vec![program.into()];
    }
    let folders = std::env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    std::env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .collect()
}

/// Returns the command's exit code as this process's. On Windows it has 32 bits, which `ExitCode` would
/// cut to 8.
pub fn exit_code_of(code: i32) -> ExitCode {
    u8::try_from(code).map_or_else(|_| std::process::exit(code), ExitCode::from)
}

/// The system itself finds the program.
#[cfg(not(windows))]
fn found(program: &OsStr) -> &OsStr {
    program
}

/// The program as a shell would find it: `npx` is `npx.cmd`, by the variable PATHEXT. What is not found
/// so is left to the system, which also searches the folder of runkey.
#[cfg(windows)]
fn found(program: &OsStr) -> OsString {
    which::which(program).map_or_else(|_| program.to_owned(), Into::into)
}
