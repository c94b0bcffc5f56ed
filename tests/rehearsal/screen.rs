//! What the rehearsal prints: titles, task logs, audit trails, and its checks.

use std::io::IsTerminal as _;

use octopus_sim::Event;
use octopus_sim::worker::{Level, StepRecord, StepState, TaskResult};

const BOLD: &str = "1";
const GREEN: &str = "32";
const RED: &str = "31";

/// Standard output, and the checks so far.
pub struct Screen {
    is_colored: bool,
    checks: Vec<(String, bool)>,
}

impl Default for Screen {
    fn default() -> Self {
        let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            is_colored: std::io::stdout().is_terminal() && !is_unwanted,
            checks: Vec::new(),
        }
    }
}

impl Screen {
    /// Prints the title of an act.
    pub fn title(&self, text: &str) {
        println!("\n{}\n", self.paint(BOLD, &format!("== {text}")));
    }

    /// Prints the task log without its verbose lines.
    pub fn log(&self, task: &TaskResult) {
        let mut task = task.clone();
        for step in &mut task.steps {
            if let Some(result) = &mut step.result {
                result.log.retain(|line| line.level != Level::Verbose);
            }
        }
        for line in task.render(self.is_colored).lines() {
            say(line);
        }
        println!();
    }

    /// Prints the audit trail as Octopus shows it: account, identity, change.
    pub fn trail(&self, events: &[Event]) {
        println!("  {}", self.paint(BOLD, "Audit trail"));
        for event in events {
            let identity = &event.identity_established_with;
            // Octopus appends when the key was created.
            let identity = identity.split(" created ").next().unwrap_or_default();
            println!(
                "    {}\n      by {}, {identity}",
                event.message, event.username
            );
        }
        println!();
    }

    /// Prints whether a claim is true, and keeps it.
    pub fn check(&mut self, claim: &str, holds: bool) {
        self.print_check(claim, holds);
        self.checks.push((claim.to_owned(), holds));
    }

    /// Prints all checks, and returns whether every one is true.
    pub fn conclude(&self) -> bool {
        self.title("Checks");
        for (claim, holds) in &self.checks {
            self.print_check(claim, *holds);
        }
        let failed = self.checks.iter().filter(|(_, holds)| !holds).count();
        println!("\n  {} checks, {failed} failed.", self.checks.len());
        failed == 0
    }

    fn print_check(&self, claim: &str, holds: bool) {
        let mark = if holds {
            self.paint(GREEN, "ok    ")
        } else {
            self.paint(RED, "FAILED")
        };
        println!("  {mark} {claim}");
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.is_colored {
            format!("\x1b[{color}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Prints a sentence.
pub fn say(text: &str) {
    println!("  {text}");
}

/// Prints the steps, one a line: the state, and the most important line of the log.
pub fn steps(task: &TaskResult) {
    let width = task.steps.iter().map(|step| step.name.chars().count());
    let width = width.max().unwrap_or_default();
    for step in &task.steps {
        let state = format!("{:?}", step.state()).to_lowercase();
        println!("  {:width$}  {state:9}  {}", step.name, main_line(step));
    }
    println!();
}

/// The error of a failed step, or else its first highlight or last line.
fn main_line(step: &StepRecord) -> &str {
    let Some(result) = &step.result else {
        return "";
    };
    let infos = result.lines(Level::Info);
    let line = match step.state() {
        StepState::Failed => result.lines(Level::Error).first().copied(),
        _ => result.lines(Level::Highlight).first().copied(),
    };
    line.or(infos.last().copied()).unwrap_or_default()
}
