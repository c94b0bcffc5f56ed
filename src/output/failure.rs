//! What is told to a person when something cannot be done: what happened, what the server said,
//! what to do next.

use std::fmt;
use std::io::IsTerminal;

use color_eyre::config::{HookBuilder, Theme};
use color_eyre::{Report, Section};

use crate::stranger::Stranger;

/// Whether the caller or the world was wrong; it decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command line or the environment: nothing was sent.
    Usage,
    /// Anything else.
    Failed,
    /// A signal asked the program to end, and nothing is left behind.
    Signal(i32),
}

/// One failure, in three sentences.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    what: String,
    said: Option<Stranger>,
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

    /// The program ends because a signal asked it to: what it says stays, the exit code is the signal's.
    pub fn by_signal(self, signal: i32) -> Self {
        Self {
            kind: Kind::Signal(signal),
            ..self
        }
    }

    /// Adds what the server said, in its own words.
    pub fn said(self, said: Option<&Stranger>) -> Self {
        Self {
            said: said.cloned(),
            ..self
        }
    }

    /// Adds a sentence to what to do next.
    pub fn advise(mut self, more: &str) -> Self {
        self.next.push(' ');
        self.next.push_str(more);
        self
    }

    /// Whether the caller or the world was wrong.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The first sentence: what happened.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The three sentences in one line, for a warning.
    pub fn in_one_line(&self) -> String {
        match &self.said {
            Some(said) => format!("{} The server said: '{said}'. {}", self.what, self.next),
            None => format!("{} {}", self.what, self.next),
        }
    }

    /// The sentences as they end the step, each on a line of its own. Wrong usage needs no
    /// machinery for that; all else is laid out by color-eyre, in colour on a terminal.
    pub fn render(self) -> String {
        if self.kind == Kind::Usage {
            return format!("Error: {}\n\nSuggestion: {}", self.what, self.next);
        }
        let theme = if std::io::stderr().is_terminal() {
            Theme::dark()
        } else {
            Theme::new()
        };
        let hooks = HookBuilder::blank()
            .theme(theme)
            .display_env_section(false)
            .into_hooks();
        // Fails only when a hook is there already, and then a failure was rendered before.
        let _ = hooks.1.install();
        let (said, next) = (self.said.clone(), self.next.clone());
        let mut report = Report::new(self).suppress_backtrace(true);
        if let Some(said) = said {
            report = report.note(format!("The server said: '{said}'"));
        }
        format!("Error:{:?}", report.suggestion(next))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Failure {}
