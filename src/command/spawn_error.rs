//! Why the command did not start, and what to do about it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use octopus::Untrusted;

use super::{candidates, is_path};
use crate::output::Failure;

/// The command exists but cannot be run.
const CANNOT_RUN: u8 = 126;
/// The command does not exist.
const NOT_FOUND: u8 = 127;
/// The longest first line that a kernel reads for an interpreter.
const MAX_FIRST_LINE: u64 = 256;

/// Why the command did not start.
#[derive(Debug)]
pub struct SpawnError {
    program: Untrusted,
    reason: Reason,
}

/// What is wrong with a command.
#[derive(Debug)]
enum Reason {
    NotFound,
    ShellLine,
    NoInterpreterLine,
    EmptyFile,
    WindowsLineEnding,
    MissingInterpreter(Untrusted),
    MissingLoader,
    Folder,
    NotExecutable,
    OtherProcessor,
    Other(io::Error),
}

impl SpawnError {
    /// Looks for the reason of an error of the system.
    pub fn new(program: &OsStr, has_arguments: bool, error: io::Error) -> Self {
        let file = find(program);
        let is_line = !has_arguments && program.to_string_lossy().contains(char::is_whitespace);
        let reason = match (file, error.kind()) {
            (None, ErrorKind::NotFound) if is_line => Reason::ShellLine,
            (None, ErrorKind::NotFound) => Reason::NotFound,
            (Some(file), _) if file.is_dir() => Reason::Folder,
            (Some(file), ErrorKind::NotFound) => of_interpreter(&file),
            (Some(_), ErrorKind::PermissionDenied) => Reason::NotExecutable,
            (Some(file), _) if is_not_a_program(&error) => of_format(&file),
            _ => Reason::Other(error),
        };
        Self {
            program: Untrusted::from(program.to_string_lossy()),
            reason,
        }
    }

    /// Returns the exit code that shells have for it.
    pub fn exit_code(&self) -> u8 {
        match self.reason {
            Reason::NotFound | Reason::ShellLine => NOT_FOUND,
            _ => CANNOT_RUN,
        }
    }

    /// Returns the failure that is reported.
    pub fn failure(&self) -> Failure {
        let (cause, help) = match &self.reason {
            Reason::NotFound => (
                "not found".to_owned(),
                "Check the command's name and the PATH of this machine.",
            ),
            Reason::ShellLine => (
                "not found".to_owned(),
                "Pass a shell line to a shell: -- sh -c '...'",
            ),
            Reason::NoInterpreterLine => (
                "the script has no '#!' line".to_owned(),
                "Add one, or pass the script to its interpreter: -- bash SCRIPT",
            ),
            Reason::EmptyFile => ("the file is empty".to_owned(), "Install the program again."),
            Reason::WindowsLineEnding => (
                "its '#!' line ends with CRLF".to_owned(),
                "Save the script with LF line endings.",
            ),
            Reason::MissingInterpreter(name) => (
                format!("its interpreter '{name}' was not found"),
                "Install the interpreter, or correct the '#!' line.",
            ),
            Reason::MissingLoader => (
                "the loader that it needs was not found".to_owned(),
                "Use a build for this system's C library.",
            ),
            Reason::Folder => ("it is a folder".to_owned(), "Name a program in it."),
            Reason::NotExecutable => (
                "permission denied".to_owned(),
                "Make the file executable: chmod +x FILE",
            ),
            Reason::OtherProcessor => (
                "it is not a program for this processor and system".to_owned(),
                "Use a build for this machine.",
            ),
            Reason::Other(error) => (
                error.to_string(),
                "Check this machine's limits for memory and processes.",
            ),
        };
        Failure::new(format!("Cannot run '{}': {cause}.", self.program), help)
    }
}

/// Returns the file that the system tried to run.
fn find(program: &OsStr) -> Option<PathBuf> {
    let mut files = candidates(program).into_iter();
    if is_path(program) {
        files.find(|file| file.exists())
    } else {
        files.find(|file| file.is_file())
    }
}

/// Returns whether the system does not know the file's format: `ENOEXEC`, and its like on Windows.
fn is_not_a_program(error: &io::Error) -> bool {
    let code = if cfg!(windows) { 193 } else { 8 };
    error.raw_os_error() == Some(code)
}

fn of_format(file: &Path) -> Reason {
    match first_bytes(file) {
        start if start.is_empty() => Reason::EmptyFile,
        start if start.contains(&0) => Reason::OtherProcessor,
        _ => Reason::NoInterpreterLine,
    }
}

/// The file is there, so what is missing is what runs it.
fn of_interpreter(file: &Path) -> Reason {
    let start = first_bytes(file);
    let Some(line) = start
        .strip_prefix(b"#!")
        .and_then(|rest| rest.split(|byte| *byte == b'\n').next())
    else {
        return Reason::MissingLoader;
    };
    if line.ends_with(b"\r") {
        return Reason::WindowsLineEnding;
    }
    let line = String::from_utf8_lossy(line);
    let name = line.split_whitespace().next().unwrap_or_default();
    Reason::MissingInterpreter(name.into())
}

fn first_bytes(file: &Path) -> Vec<u8> {
    let mut start = Vec::new();
    // A file that cannot be read has no reason to tell.
    let _ = File::open(file).and_then(|file| file.take(MAX_FIRST_LINE).read_to_end(&mut start));
    start
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn tells_shell_line_from_missing_command() {
        let error = |program: &str| {
            let error = Command::new(program).spawn().unwrap_err();
            SpawnError::new(OsStr::new(program), false, error)
        };
        assert!(matches!(error("ls -l | grep x").reason, Reason::ShellLine));
        assert!(matches!(
            error("no-such-command-here").reason,
            Reason::NotFound
        ));
        assert_eq!(error("no-such-command-here").exit_code(), NOT_FOUND);
    }
}
