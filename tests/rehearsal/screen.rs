//! How the rehearsal is shown: as wide as the terminal is, and in colours only there.

use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};
use octopus_sim::Event;
use octopus_sim::worker::{Level, StepRecord, StepState, TaskResult};

use crate::columns::{Columns, wrapped};
use crate::report::Report;

/// How wide it is where nobody can be asked, such as in a pipe.
const USUAL_WIDTH: u16 = 100;
/// What every line but a title begins with.
const MARGIN: &str = "  ";

const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();
/// What names nobody, or is not the point.
const PALE: Style = AnsiColor::BrightBlack.on_default();
/// A person in the audit trail.
const BRIGHT: Style = AnsiColor::Cyan.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();

/// Where it is shown.
#[derive(Clone, Copy)]
pub struct Screen {
    width: u16,
    is_terminal: bool,
    coloured: bool,
}

/// What was looked at, what was found, and whether that is as it should be.
pub struct Finding {
    pub about: &'static str,
    pub found: String,
    pub holds: bool,
}

impl Screen {
    /// The terminal, or whatever standard output goes to.
    pub fn find() -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        let width = terminal_size::terminal_size()
            .filter(|_| is_terminal)
            .map_or(USUAL_WIDTH, |(width, _)| width.0);
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            width,
            is_terminal,
            coloured: is_terminal && !unwanted,
        }
    }

    /// What is on next.
    pub fn title(self, text: &str) {
        for (number, line) in (0..).zip(wrapped(text, self.width.saturating_sub(3))) {
            let mark = if number == 0 { "━━" } else { "  " };
            println!("{}", self.paint(BOLD, &format!("{mark} {line}")));
        }
        println!();
    }

    /// A sentence of the rehearsal's own.
    pub fn say(self, text: &str) {
        for line in wrapped(text, self.inner_width()) {
            println!("{MARGIN}{line}");
        }
        println!();
    }

    /// The task log, but for what Octopus shows only when somebody asks for it.
    pub fn log(self, task: &TaskResult) {
        for (number, step) in (1..).zip(&task.steps) {
            let (style, state) = state(step);
            let state = self.paint(style, state);
            println!("{MARGIN}Step {number}: {} ({state})", step.name);
            let mut columns = Columns::new(self.inner_width().saturating_sub(2));
            let lines = step.result.iter().flat_map(|result| &result.log);
            for line in lines.filter(|line| line.level != Level::Verbose) {
                let style = match line.level {
                    Level::Error => RED,
                    Level::Warning => YELLOW,
                    _ => PLAIN,
                };
                columns.row([(PALE, &format!("{:<9}", line.level)), (style, &line.text)]);
            }
            for line in columns.lines(self.coloured) {
                println!("{MARGIN}{MARGIN}{line}");
            }
        }
        println!();
    }

    /// The steps, a line each: how it ended, and what it had to say.
    pub fn steps(self, task: &TaskResult) {
        let mut columns = Columns::new(self.inner_width());
        for step in &task.steps {
            let (style, state) = state(step);
            let style_of_word = if style == RED { RED } else { PALE };
            columns.row([
                (PLAIN, &step.name),
                (style, state),
                (style_of_word, last_word(step)),
            ]);
        }
        self.print(columns);
        println!();
    }

    /// Findings, a line each.
    pub fn findings(self, findings: &[Finding]) {
        let mut columns = Columns::new(self.inner_width());
        for finding in findings {
            let style = if finding.holds { PALE } else { RED };
            columns.row([(PLAIN, finding.about), (style, &finding.found)]);
        }
        self.print(columns);
        println!();
    }

    /// The audit trail as Octopus shows it: which account, by which identity, what.
    pub fn trail(self, events: &[Event]) {
        let mut columns = Columns::new(self.inner_width()).header(["user", "identity", "what"]);
        for event in events {
            // The date of a key's birth would make it wider than a screen.
            let identity = event.identity_established_with.split(" created ").next();
            let identity = identity.unwrap_or_default();
            let style = if identity.contains("[runkey ") {
                BRIGHT
            } else {
                PALE
            };
            columns.row([
                (PALE, &event.username),
                (style, identity),
                (PLAIN, &event.message),
            ]);
        }
        self.print(columns);
        println!();
    }

    /// What was claimed, and whether it was so.
    pub fn claims(self, claims: &[(String, bool)]) {
        for (claim, holds) in claims {
            let (style, mark) = if *holds { (GREEN, "✓") } else { (RED, "✗") };
            let lines = wrapped(claim, self.inner_width().saturating_sub(2));
            println!(
                "{MARGIN}{} {}",
                self.paint(style, mark),
                lines.join(&format!("\n{MARGIN}  "))
            );
        }
        println!();
    }

    /// Where the report is and, for a person, what it says.
    pub fn report(self, report: &Report) {
        self.title("The audit report of Alice's run");
        if self.is_terminal {
            self.say(&report.summary);
        }
        println!("{MARGIN}{}", report.file.display());
    }

    fn inner_width(self) -> u16 {
        self.width.saturating_sub(2)
    }

    fn print(self, columns: Columns) {
        for line in columns.lines(self.coloured) {
            println!("{MARGIN}{line}");
        }
    }

    fn paint(self, style: Style, text: &str) -> String {
        if self.coloured {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// How a step ended, in a word.
fn state(step: &StepRecord) -> (Style, &'static str) {
    match step.state() {
        StepState::Succeeded => (PALE, "success"),
        StepState::Failed => (RED, "failed"),
        StepState::Canceled => (YELLOW, "canceled"),
        StepState::TimedOut => (YELLOW, "timed out"),
        StepState::Skipped => (YELLOW, "skipped"),
    }
}

/// What matters most of what the step said: its error, its first highlight, or its last line.
fn last_word(step: &StepRecord) -> &str {
    let Some(result) = &step.result else {
        return "";
    };
    let errors = result.lines(Level::Error);
    let highlights = result.lines(Level::Highlight);
    let infos = result.lines(Level::Info);
    let word = match step.state() {
        StepState::Failed => errors.first().or(infos.last()),
        _ => highlights.first().or(infos.last()),
    };
    word.copied().unwrap_or_default()
}
