//! The only place that prints. Where a line goes depends on who reads it: an Octopus worker, a
//! program, or a person.

use std::borrow::Cow;
use std::io::{self, IsTerminal};
use std::panic;
use std::process;

use secrecy::zeroize::Zeroizing;
use serde::Serialize;

#[cfg(windows)]
use super::code_page;
use super::failure::Failure;
use super::sanitize;
use super::service_message::{self, Level};
use super::stream;
pub use super::stream::wait_for_readers;
use crate::cli::OutputFormat;
use crate::stranger::Stranger;

/// Where log lines and results go.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    format: OutputFormat,
    verbose: bool,
    /// Standard output belongs to COMMAND, unless the format is Octopus's.
    is_guest: bool,
}

impl Console {
    /// A console for this reader; `verbose` lines are dropped unless asked for.
    pub fn new(format: OutputFormat, verbose: bool) -> Self {
        Self {
            format,
            verbose,
            is_guest: false,
        }
    }

    /// This console beside a COMMAND, if there is one. It has standard output for itself: a program
    /// that reads JSON from it must not meet ours. Service messages are meant for the worker all the
    /// same.
    pub fn beside(self, has_command: bool) -> Self {
        Self {
            is_guest: has_command,
            ..self
        }
    }

    /// Who reads standard output.
    pub fn format(self) -> OutputFormat {
        self.format
    }

    /// A line that only those who asked for it want to see.
    pub fn verbose(self, line: &str) {
        if self.verbose {
            self.log(Some(Level::Verbose), line);
        }
    }

    /// A line that Octopus hides until someone asks for it; elsewhere as [`Console::verbose`].
    pub fn detail(self, line: &str) {
        if self.verbose || self.format == OutputFormat::Octopus {
            self.log(Some(Level::Verbose), line);
        }
    }

    /// A line of the usual kind.
    pub fn info(self, line: &str) {
        self.log(None, line);
    }

    /// The outcome, shown on the task's summary too.
    pub fn highlight(self, line: &str) {
        self.log(Some(Level::Highlight), line);
    }

    /// What someone should look at, though the step goes on.
    pub fn warning(self, line: &str) {
        self.log(Some(Level::Warning), line);
    }

    /// Why nothing happens for a while.
    pub fn wait(self, line: &str) {
        self.log(Some(Level::Wait), line);
    }

    /// How far a long task is.
    pub fn progress(self, percentage: usize, line: &str) {
        match self.format {
            OutputFormat::Octopus => {
                drop(self.out(&service_message::progress(percentage, line)));
            }
            OutputFormat::Text if io::stderr().is_terminal() => {
                self.info(&format!("{percentage} %: {line}"));
            }
            OutputFormat::Json | OutputFormat::Text => self.verbose(line),
        }
    }

    /// The outcome for a program that reads JSON; nothing in the other formats. Whether anyone reads
    /// it changes nothing about the keys.
    pub fn result(self, value: &impl Serialize) {
        if self.format == OutputFormat::Json {
            let line = json_line(value);
            let _ = if self.is_guest {
                self.err(&line)
            } else {
                self.out(&line)
            };
        }
    }

    /// Ends a line that COMMAND may have left open: where there is none, an empty line does no harm,
    /// and a service message must begin its own.
    pub fn end_line_of_command(self) {
        if self.format == OutputFormat::Octopus {
            let _ = self.out("\n");
        }
    }

    /// A log that cannot be written must not keep a key from being revoked, so errors are dropped.
    fn log(self, level: Option<Level>, line: &str) {
        let _ = match (self.format, level) {
            (OutputFormat::Octopus, Some(level)) => {
                self.out(&service_message::at_level(level, line))
            }
            (OutputFormat::Octopus, None) => self.out(&format!("{line}\n")),
            (_, Some(Level::Warning)) => self.err(&format!("Warning: {line}\n")),
            (_, _) => self.err(&format!("{line}\n")),
        };
    }

    /// Tells of the failure that ends the step.
    pub fn failure(self, failure: Failure) {
        self.result_message(failure.what());
        let _ = self.err(&format!("{}\n", failure.render()));
    }

    fn result_message(self, text: &str) {
        if self.format == OutputFormat::Octopus {
            let _ = self.out(&service_message::result_message(text));
        }
    }

    fn out(self, text: &str) -> io::Result<()> {
        stream::out(&self.encoded(text))
    }

    fn err(self, text: &str) -> io::Result<()> {
        stream::err(&self.encoded(text))
    }

    /// The text as whoever reads it expects it.
    #[cfg(windows)]
    fn encoded(self, text: &str) -> Cow<'_, [u8]> {
        match self.format {
            OutputFormat::Octopus => code_page::encode(text),
            OutputFormat::Json | OutputFormat::Text => Cow::Borrowed(text.as_bytes()),
        }
    }

    /// The text as whoever reads it expects it: here that is UTF-8 always.
    #[cfg(not(windows))]
    #[expect(clippy::unused_self, reason = "on Windows it depends on the reader")]
    fn encoded(self, text: &str) -> Cow<'_, [u8]> {
        Cow::Borrowed(text.as_bytes())
    }
}

/// Gives the help that was asked for. It quotes variables and defaults, which may be anything.
pub fn help(help: &clap::Error) {
    let text = help.to_string();
    let lines: Vec<String> = text.lines().map(harmless_indented).collect();
    let _ = write_out(&format!("{}\n", lines.join("\n")));
}

/// A line of clap's, as it is laid out, but harmless.
fn harmless_indented(line: &str) -> String {
    let text = line.trim_start();
    let indent = &line[..line.len() - text.len()];
    format!("{indent}{}", Stranger::from(text))
}

/// From here on a panic ends the program with `exit_code` and says what broke, without a place in
/// the source or a backtrace.
pub fn quiet_panics(exit_code: u8) {
    panic::set_hook(Box::new(move |_| {
        let _ = write_err(
            "runkey broke down because of a mistake in itself. If a key was made, the delete step removes it. Please report it, with the log of this step.\n",
        );
        process::exit(i32::from(exit_code));
    }));
}

/// One line of JSON. No text in it, whoever wrote it, can begin a service message.
pub fn json_line(value: &impl Serialize) -> Zeroizing<String> {
    // Room for a usual object, so that one with a key in it leaves no copy behind by growing.
    let mut json = Zeroizing::new(Vec::with_capacity(4096));
    // Writing our own structures of text to memory cannot fail.
    let _ = serde_json::to_writer(&mut *json, value);
    let json = Zeroizing::new(String::from_utf8_lossy(&json).into_owned());
    let mut line = Zeroizing::new(String::with_capacity(json.len() * 2 + 1));
    sanitize::harmless_json(&json, &mut line);
    line.push('\n');
    line
}

/// Whether what is written to standard output is lost: it is closed, in whose place Rust's runtime
/// opens the null device, or it was sent to the null device.
#[cfg(unix)]
pub fn nobody_listens() -> bool {
    let null = rustix::fs::stat("/dev/null");
    let out = rustix::fs::fstat(io::stdout());
    matches!((null, out), (Ok(null), Ok(out)) if null.st_rdev == out.st_rdev)
}

/// Whether what is written to standard output is lost, because it is closed.
#[cfg(windows)]
pub fn nobody_listens() -> bool {
    use std::os::windows::io::AsRawHandle;
    io::stdout().as_raw_handle().is_null()
}

/// Writes to standard output, at once.
///
/// # Errors
/// When it cannot be written whole.
pub fn write_out(text: &str) -> io::Result<()> {
    stream::out(text.as_bytes())
}

/// Writes to standard error, at once.
///
/// # Errors
/// When it cannot be written whole.
pub fn write_err(text: &str) -> io::Result<()> {
    stream::err(text.as_bytes())
}
