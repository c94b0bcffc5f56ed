//! What is printed, and for whom. Nothing else prints, and nothing else asks for the output format.

mod advice;
#[cfg(windows)]
mod code_page;
mod failure;
mod json;
mod octopus_log;
mod reporter;
mod service_message;
mod stream;
mod text;

use std::rc::Rc;

pub use failure::{Failure, capitalized, expiry, key_name};
pub use reporter::{Output, Reporter};
pub use stream::is_stdout_discarded;

use crate::cli::OutputFormat;

/// The reporter of a format. With a command, standard output is the command's: all but service
/// messages goes to standard error.
pub fn reporter(format: OutputFormat, verbosity: Verbosity, has_command: bool) -> Rc<dyn Reporter> {
    match format {
        OutputFormat::Octopus => Rc::new(octopus_log::OctopusLog),
        OutputFormat::Json => Rc::new(json::Json::new(verbosity, has_command)),
        OutputFormat::Text => Rc::new(text::Text::new(verbosity)),
    }
}

/// Which log lines are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verbosity {
    /// Warnings and errors.
    Quiet,
    /// All but verbose lines.
    Normal,
    /// All.
    Verbose,
}

impl Verbosity {
    /// Of the two switches at most one is on.
    pub fn of(verbose: bool, quiet: bool) -> Self {
        match (verbose, quiet) {
            (true, _) => Self::Verbose,
            (false, true) => Self::Quiet,
            (false, false) => Self::Normal,
        }
    }
}

/// Prints help, a version or completions, as they are laid out.
pub fn print(text: &str) {
    // There is nowhere to say that it cannot be printed.
    let _ = stream::out(text.as_bytes());
}

/// Prints a line to standard error when there is no reporter, in a panic.
pub fn print_error(line: &str) {
    let _ = stream::err(format!("{line}\n").as_bytes());
}
