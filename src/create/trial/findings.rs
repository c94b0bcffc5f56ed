//! What the trial found: line by line for a person, and as one JSON object for a bug report.
//!
//! `docs/trial.schema.json` describes the object. It names no server, no account and no person.

use serde::Serialize;

use crate::cli::OutputFormat;
use crate::octopus::{Error, Id, Root};
use crate::output::Console;
use crate::stranger::Stranger;

/// By this, the result of a trial is known for what it is.
const FORMAT: &str = "runkey trial 1";

/// What the trial looks at, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Check {
    Server,
    Credential,
    Clock,
    Owner,
    Made,
    Purpose,
    Expiry,
    Access,
    Hint,
    Works,
    OwnRecord,
    Found,
    Narrowed,
    ReadOnly,
    Tasks,
    Revoked,
    Gone,
    AuditTrail,
    Named,
}

/// What came of one check.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Finding {
    pub check: Check,
    /// Nothing where it could not be told.
    pub holds: Option<bool>,
    /// What the server gave, without names.
    pub seen: Option<Stranger>,
}

/// All that was found, shown as it is found.
#[derive(Debug)]
pub struct Findings {
    console: Console,
    found: Vec<Finding>,
}

impl Findings {
    pub fn new(console: Console) -> Self {
        Self {
            console,
            found: Vec::new(),
        }
    }

    /// It is as it should be.
    pub fn yes(&mut self, check: Check, line: &str, seen: Option<Stranger>) {
        self.add(check, Some(true), line, seen);
    }

    /// It is not.
    pub fn no(&mut self, check: Check, line: &str, seen: Option<Stranger>) {
        self.add(check, Some(false), line, seen);
    }

    /// It could not be told.
    pub fn open(&mut self, check: Check, line: &str, seen: Option<Stranger>) {
        self.add(check, None, line, seen);
    }

    /// It is not, by this answer. `line` says what, without a full stop.
    pub fn refused(&mut self, check: Check, line: &str, error: &Error) {
        self.no(check, &because(line, error), Some(seen(error)));
    }

    /// It is not if the server does not allow it; by any other answer it could not be told.
    pub fn unseen(&mut self, check: Check, line: &str, error: &Error) {
        if error.is_not_allowed() {
            self.refused(check, line, error);
        } else {
            self.open(check, &because(line, error), Some(seen(error)));
        }
    }

    fn add(&mut self, check: Check, holds: Option<bool>, line: &str, seen: Option<Stranger>) {
        self.found.push(Finding { check, holds, seen });
        self.console
            .info(&format!("{} {line}", mark(holds, self.console.format())));
    }

    /// Whether this was seen to be as it should be.
    pub fn hold(&self, check: Check) -> bool {
        self.of(check)
            .is_some_and(|finding| finding.holds == Some(true))
    }

    /// Whether a step that needs this cannot work: it does not hold, or was never seen.
    pub fn lack(&self, check: Check) -> bool {
        self.of(check)
            .is_none_or(|finding| finding.holds == Some(false))
    }

    fn of(&self, check: Check) -> Option<&Finding> {
        self.found.iter().find(|finding| finding.check == check)
    }
}

/// In `octopus` output our own words are ASCII.
fn mark(holds: Option<bool>, format: OutputFormat) -> &'static str {
    match (format, holds) {
        (OutputFormat::Octopus, Some(true)) => "ok",
        (OutputFormat::Octopus, Some(false)) => "NO",
        (OutputFormat::Octopus, None) => "- ",
        (_, Some(true)) => "✓",
        (_, Some(false)) => "✗",
        (_, None) => "–",
    }
}

fn because(line: &str, error: &Error) -> String {
    match error.said() {
        Some(said) => format!("{line}: {error}. The server said: '{said}'."),
        None => format!("{line}: {error}."),
    }
}

/// Without the server's name, which some errors quote.
fn seen(error: &Error) -> Stranger {
    match error.said() {
        Some(said) => format!("{error}: {}", said.as_given()).into(),
        None => format!("{:?}", error.trouble()).into(),
    }
}

/// What one of the three steps will be able to do on this server.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Verdict {
    pub works: bool,
    pub sentence: String,
}

/// Everything, for a program that reads JSON.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Outcome<'a> {
    format: &'static str,
    made_by: String,
    server: Server<'a>,
    findings: &'a [Finding],
    create: &'a Verdict,
    r#use: &'a Verdict,
    delete: &'a Verdict,
    /// The ids of those that could not be revoked.
    keys_left: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Server<'a> {
    application: Option<&'a Stranger>,
    version: Option<&'a Stranger>,
    api_version: Option<&'a Stranger>,
}

impl Findings {
    /// Gives everything to a program that reads JSON.
    pub fn give(&self, root: &Root, [create, r#use, delete]: &[Verdict; 3], keys_left: &[Id]) {
        self.console.result(&Outcome {
            format: FORMAT,
            made_by: format!(
                "runkey {} ({}, {})",
                env!("CARGO_PKG_VERSION"),
                std::env::consts::OS,
                std::env::consts::ARCH
            ),
            server: Server {
                application: root.application.as_ref(),
                version: root.version.as_ref(),
                api_version: root.api_version.as_ref(),
            },
            findings: &self.found,
            create,
            r#use,
            delete,
            keys_left: keys_left.iter().map(Id::as_str).collect(),
        });
    }
}
