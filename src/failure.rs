//! What is told to a person when something cannot be done: what happened, what the server said,
//! what to do next.
//!
//! Nothing of the machinery that prints errors is set up before there is an error.

use std::fmt;
use std::io::IsTerminal;

use color_eyre::config::{HookBuilder, Theme};
use color_eyre::{Report, Section};

use crate::text;

/// Whether the caller or the world was wrong; it decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command line or the environment: nothing was sent.
    Usage,
    /// Anything else.
    Failed,
}

/// One failure, in three sentences. The texts may quote strangers: they are defused when printed.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    what: String,
    said: Option<String>,
    next: String,
}

impl Failure {
    /// Something could not be done: what, and what to do next.
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            kind: Kind::Failed,
            what: what.into(),
            said: None,
            next: next.into(),
        }
    }

    /// The command line or the environment was wrong: what, and what to do next.
    pub fn usage(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            kind: Kind::Usage,
            ..Self::new(what, next)
        }
    }

    /// Adds what the server said, in its own words.
    pub fn said(self, said: Option<String>) -> Self {
        Self { said, ..self }
    }

    /// Adds to what to do next.
    pub fn and_then(mut self, more: &str) -> Self {
        self.next.push_str(more);
        self
    }

    /// Whether the caller or the world was wrong.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The first sentence: what happened. Safe to print.
    pub fn what(&self) -> String {
        text::defuse(&self.what)
    }

    /// The three sentences as color-eyre lays them out, in colour on a terminal.
    pub fn render(self) -> String {
        let theme = if std::io::stderr().is_terminal() {
            Theme::dark()
        } else {
            Theme::new()
        };
        let hook = HookBuilder::blank()
            .theme(theme)
            .display_env_section(false)
            .into_hooks()
            .1;
        // Fails only when a hook is there already, and then a failure was rendered before.
        let _ = hook.install();
        let said = self
            .said
            .as_deref()
            .map(|said| format!("The server said: {}", text::excerpt(said)));
        let mut report = Report::msg(self.what()).suppress_backtrace(true);
        if let Some(said) = said {
            report = report.note(said);
        }
        let report = report.suggestion(text::defuse(&self.next));
        // color-eyre numbers the causes of an error; this one stands alone.
        format!("{report:?}")
            .trim_start_matches('\n')
            .replacen("   0: ", "", 1)
    }
}

impl fmt::Display for Failure {
    /// In one line, for a warning.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what())?;
        if let Some(said) = &self.said {
            write!(f, " The server said: {}", text::excerpt(said))?;
        }
        write!(f, " {}", text::defuse(&self.next))
    }
}
