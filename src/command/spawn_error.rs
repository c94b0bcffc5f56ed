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
    exit_code: u8,
}

/// What is wrong with a command, and what to do about it.
type Reason = (String, &'static str);

impl SpawnError {
    /// Looks for the reason of an error of the system.
    pub fn new(program: &OsStr, has_arguments: bool, error: &io::Error) -> Self {
        let file = find(program);
        let is_missing = error.kind() == ErrorKind::NotFound;
        let is_line = !has_arguments && program.to_string_lossy().contains(char::is_whitespace);
        Self {
            program: Untrusted::from(program.to_string_lossy()),
            exit_code: match file {
                None if is_missing => NOT_FOUND,
                _ => CANNOT_RUN,
            },
            reason: match file {
                None if is_missing && is_line => {
                    reason("not found", "Pass a shell line to a shell: -- sh -c '...'")
                }
                None if is_missing => reason(
                    "not found",
                    "Check the command's name and the PATH of this machine.",
                ),
                Some(file) => of_file(&file, error),
                None => of_system(error),
            },
        }
    }

    /// Returns the exit code that shells have for it.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }

    /// Returns the failure that is reported.
    pub fn failure(&self) -> Failure {
        let (cause, help) = &self.reason;
        Failure::new(format!("Cannot run '{}': {cause}.", self.program), *help)
    }
}

fn reason(cause: impl Into<String>, help: &'static str) -> Reason {
    (cause.into(), help)
}

fn of_system(error: &io::Error) -> Reason {
    reason(
        error.to_string(),
        "Check this machine's limits for memory and processes.",
    )
}

fn of_file(file: &Path, error: &io::Error) -> Reason {
    match error.kind() {
        _ if file.is_dir() => reason("it is a folder", "Name a program in it."),
        ErrorKind::NotFound => of_interpreter(file),
        ErrorKind::PermissionDenied => reason(
            "permission denied",
            "Make the file executable: chmod +x FILE",
        ),
        _ if is_not_a_program(error) => of_format(file),
        _ => of_system(error),
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
        start if start.is_empty() => reason("the file is empty", "Install the program again."),
        start if start.contains(&0) => reason(
            "it is not a program for this processor and system",
            "Use a build for this machine.",
        ),
        _ => reason(
            "the script has no '#!' line",
            "Add one, or pass the script to its interpreter: -- bash SCRIPT",
        ),
    }
}

/// The file is there, so what is missing is what runs it.
fn of_interpreter(file: &Path) -> Reason {
    let start = first_bytes(file);
    let Some(line) = start
        .strip_prefix(b"#!")
        .and_then(|rest| rest.split(|byte| *byte == b'\n').next())
    else {
        return reason(
            "the loader that it needs was not found",
            "Use a build for this system's C library.",
        );
    };
    if line.ends_with(b"\r") {
        return reason(
            "its '#!' line ends with CRLF",
            "Save the script with LF line endings.",
        );
    }
    let line = String::from_utf8_lossy(line);
    let name = Untrusted::from(line.split_whitespace().next().unwrap_or_default());
    reason(
        format!("its interpreter '{name}' was not found"),
        "Install the interpreter, or correct the '#!' line.",
    )
}

fn first_bytes(file: &Path) -> Vec<u8> {
    let mut start = Vec::new();
    // A file that cannot be read has no reason to tell.
    let _ = File::open(file).and_then(|file| file.take(MAX_FIRST_LINE).read_to_end(&mut start));
    start
}
