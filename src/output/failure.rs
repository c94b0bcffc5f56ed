//! Why a step failed: what happened, what the server said, what to do next.

use std::fmt;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use color_eyre::Report;
use jiff::Timestamp;
use octopus::{Error, Id, Untrusted};
use serde_json::{Value, json};

use super::advice;
use crate::command::{RUNKEY_FAILED, signals};

/// What was wrong; it decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command line or the environment: nothing was sent.
    Usage,
    /// Anything else.
    Failed,
    /// A signal ended the step.
    Signal(i32),
}

/// One failure, in up to three lines.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    what: String,
    /// Made harmless, while every secret that may be in it is still known.
    said: Option<String>,
    help: String,
    /// What revokes the keys that may be active.
    commands: Vec<String>,
    result: Option<Box<Value>>,
}

impl Failure {
    /// Something could not be done: what and why, and what to do next.
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            kind: Kind::Failed,
            what: what.into(),
            said: None,
            help: help.into(),
            commands: Vec::new(),
            result: None,
        }
    }

    /// The command line or the environment is wrong: what, and what to do next.
    pub fn usage(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            kind: Kind::Usage,
            ..Self::new(what, help)
        }
    }

    /// A request failed. `task` says what it was for, such as `Cannot create the key`; a connection
    /// failure needs none.
    pub fn from_error(task: &str, error: &Error) -> Self {
        if advice::is_connection(error) {
            return Self::from_cause(error);
        }
        Self::from_error_with_task(task, error)
    }

    /// A request failed for a reason that has nothing to do with what it was for.
    pub fn from_cause(error: &Error) -> Self {
        Self::from_what(&capitalized(&error.to_string()), error)
    }

    /// As [`Failure::from_error`], where the task names what must not be missing from the first line.
    pub fn from_error_with_task(task: &str, error: &Error) -> Self {
        Self::from_what(&format!("{task}: {error}"), error)
    }

    fn from_what(what: &str, error: &Error) -> Self {
        let failure =
            Self::new(format!("{what}."), advice::for_error(error)).said(error.said.as_ref());
        match &error.claims {
            Some(claims) => failure.help_also(&format!("The ID token has {claims}.")),
            None => failure,
        }
    }

    /// The system does not let runkey do something.
    pub fn system(task: &str, error: &io::Error) -> Self {
        let help = "Check this system's limits for open files and processes.";
        Self::new(format!("Cannot {task}: {error}."), help)
    }

    /// A signal ended the step.
    pub fn interrupted(signal: i32) -> Self {
        Self {
            kind: Kind::Signal(signal),
            ..Self::new(interrupted_by(signal), "Run the step again.")
        }
    }

    /// This failure of a step that a signal ended, with the signal's name and exit code.
    pub fn interrupted_by(self, signal: i32) -> Self {
        if matches!(self.kind, Kind::Signal(_)) {
            return self;
        }
        Self {
            kind: Kind::Signal(signal),
            ..self.what_also(&interrupted_by(signal))
        }
    }

    /// Adds what the server said, in its own words.
    pub fn said(self, said: Option<&Untrusted>) -> Self {
        Self {
            said: said.map(Untrusted::to_string),
            ..self
        }
    }

    /// Adds a sentence to what happened.
    pub fn what_also(mut self, more: &str) -> Self {
        self.what.push(' ');
        self.what.push_str(more);
        self
    }

    /// Adds a sentence to what to do next.
    pub fn help_also(mut self, more: &str) -> Self {
        if !self.help.is_empty() {
            self.help.push(' ');
        }
        self.help.push_str(more);
        self
    }

    /// Names what may be active on the first line, and ends with the command that revokes it.
    pub fn may_be_active(mut self, keys: &str, command: &str) -> Self {
        let what = self.what.trim_end_matches('.');
        self.what = format!("{what}; {keys} may be active.");
        self.revoke_with(command)
    }

    /// Adds the command that revokes what may be active. It comes last, to be pasted.
    pub fn revoke_with(mut self, command: &str) -> Self {
        if !self.commands.iter().any(|known| known == command) {
            self.commands.push(command.to_owned());
        }
        self
    }

    /// Adds the result that a program which reads JSON gets with the error.
    pub fn with_result(self, result: Value) -> Self {
        Self {
            result: Some(Box::new(result)),
            ..self
        }
    }

    /// What happened.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// runkey itself failed.
    pub fn crash() -> Self {
        Self::new(
            "runkey crashed. This is a bug.",
            "Report it with this step's log. If a key was created, the delete step revokes it.",
        )
    }

    /// The failure that a report carries. Any other error is a bug, and named with its causes.
    pub fn of_report(report: Report) -> Self {
        report.downcast().unwrap_or_else(|report| {
            let what = Untrusted::from(format!("{report:#}"));
            Self::new(
                format!("{what}."),
                "This is a bug: report it with this step's log.",
            )
        })
    }

    /// The exit code. Where the codes are a command's, one code is for runkey's own failures.
    pub fn exit_code(&self, uses_command_exit_codes: bool) -> ExitCode {
        let code = match self.kind {
            Kind::Signal(signal) => u8::try_from(signals::exit_code(signal)).unwrap_or(1),
            _ if uses_command_exit_codes => RUNKEY_FAILED,
            Kind::Failed => 1,
            Kind::Usage => 2,
        };
        code.into()
    }

    /// The result for a program that reads JSON.
    pub fn result(&self) -> Option<&Value> {
        self.result.as_deref()
    }

    /// What happened and what the server said, for the step's result.
    pub fn result_message(&self) -> String {
        match &self.said {
            Some(said) => format!("{} Octopus said: \"{said}\"", self.what),
            None => self.what.clone(),
        }
    }

    /// What to do next; the commands come last, to be pasted.
    fn whole_help(&self) -> String {
        match (self.help.as_str(), self.commands.join("; ")) {
            (help, commands) if commands.is_empty() => help.to_owned(),
            ("", commands) => format!("Revoke with: {commands}"),
            (help, commands) => format!("{help} Revoke with: {commands}"),
        }
    }

    /// All of it in one line, for a warning.
    pub fn in_one_line(&self) -> String {
        format!("{} {}", self.result_message(), self.whole_help())
    }

    /// The lines as they end the step.
    pub fn in_lines(&self) -> String {
        let mut lines = vec![format!("{}: {}", label("Error"), self.what)];
        lines.extend(
            self.said
                .iter()
                .map(|said| format!("Octopus said: \"{said}\"")),
        );
        let help = self.whole_help();
        if !help.is_empty() {
            lines.push(format!("{}: {help}", label("Help")));
        }
        lines.join("\n") + "\n"
    }

    /// The error as a member of the JSON object.
    pub fn to_json(&self) -> Value {
        json!({
            "Message": self.what,
            "OctopusSaid": self.said,
            "Help": self.whole_help(),
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Failure {}

fn interrupted_by(signal: i32) -> String {
    format!("Interrupted by {}.", signals::name(signal))
}

/// The text with a capital at its beginning.
pub fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// A key as a failure names it: its ID, and when it expires.
pub fn key_name(id: &Id, expires: Option<Timestamp>) -> String {
    format!("{id} ({})", expiry(expires))
}

/// When a key expires, as a failure names it.
pub fn expiry(expires: Option<Timestamp>) -> String {
    match expires {
        Some(expires) => format!("expires {expires:.0}"),
        None => "expiry unknown".to_owned(),
    }
}

/// A label, in color where a person reads it.
pub fn label(text: &'static str) -> String {
    if !has_color() {
        return text.to_owned();
    }
    let color = match text {
        "Error" => "31",
        "Warning" => "33",
        _ => "36",
    };
    format!("\u{1b}[1;{color}m{text}\u{1b}[0m")
}

#[expect(
    clippy::disallowed_methods,
    reason = "conventions of terminals, which no file of runkey's may set"
)]
fn has_color() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stderr().is_terminal() && !is_set("NO_COLOR") && !is_dumb
}
