//! The task log: lines with a level, and how they are shown.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};

/// How a line of the log is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Shown on request only.
    Verbose,
    /// Plain output.
    Info,
    /// Shown on the summary of the task too.
    Highlight,
    /// Waiting for something outside.
    Wait,
    /// A warning.
    Warning,
    /// Standard error after `stderr-progress`: no error.
    Progress,
    /// An error, and standard error where nothing else was said.
    Error,
}

impl Level {
    /// What the message of this name switches: a stream, and the level of its lines from there on,
    /// where nothing means that they are not shown. `None` for other messages.
    pub(super) fn switched_by(message: &str) -> Option<(Stream, Option<Self>)> {
        Some(match message {
            "stdout-verbose" => (Stream::Stdout, Some(Self::Verbose)),
            "stdout-highlight" => (Stream::Stdout, Some(Self::Highlight)),
            "stdout-wait" => (Stream::Stdout, Some(Self::Wait)),
            "stdout-warning" => (Stream::Stdout, Some(Self::Warning)),
            "stdout-error" => (Stream::Stdout, Some(Self::Error)),
            "stdout-default" => (Stream::Stdout, Some(Self::Info)),
            "stdout-ignore" => (Stream::Stdout, None),
            "stderr-progress" => (Stream::Stderr, Some(Self::Progress)),
            "stderr-default" | "stderr-error" => (Stream::Stderr, Some(Self::Error)),
            "stderr-ignore" => (Stream::Stderr, None),
            _ => return None,
        })
    }

    fn style(self) -> Style {
        let color = match self {
            Self::Verbose | Self::Progress => AnsiColor::BrightBlack,
            Self::Info => return Style::new(),
            Self::Highlight => AnsiColor::Cyan,
            Self::Wait => AnsiColor::Blue,
            Self::Warning => AnsiColor::Yellow,
            Self::Error => AnsiColor::Red,
        };
        Style::new().fg_color(Some(color.into()))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{self:?}"))
    }
}

/// Where a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// One line of the log, its secrets hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// How it is shown.
    pub level: Level,
    /// Where it came from.
    pub stream: Stream,
    /// The text.
    pub text: String,
}

/// The lines as Octopus shows them, one a line, indented by `indent` spaces; with colors for a
/// terminal when `colored`.
pub fn render(lines: &[LogLine], indent: usize, colored: bool) -> String {
    let mut shown = String::new();
    for LogLine { level, text, .. } in lines {
        let style = if colored { level.style() } else { Style::new() };
        writeln!(shown, "{:indent$}{style}{level:<9} | {text}{style:#}", "")
            .expect("a String takes every text");
    }
    shown
}
