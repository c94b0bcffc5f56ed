//! `--report FILE`: what was done with the run's key, from Octopus's own audit trail.
//!
//! The revocation comes first and never depends on this: whatever goes wrong here is a warning.
//! Only a key that is still there afterwards, or is still accepted, is a failure.

mod brief;
mod end;
mod facts;
mod file;
mod gather;
mod groups;
mod html;
mod kind;
mod links;
pub mod proof;
mod rows;
mod strip;
mod sum;
mod totals;

use std::path::Path;
use std::time::Duration;

use super::Context;
use super::search::Search;
use crate::cli::{OutputFormat, Report};
use crate::key::Purpose;
use crate::octopus::Error;
use crate::output::console::{self, Console};
use crate::output::{Failure, sanitize, service_message as message};
use crate::session::{Session, explain};
use crate::stranger::{self, Stranger};

use facts::{Change, Facts};
use file::NotWritten;

/// How long the proof may take, and how long the report, however much time for trying is left.
const LONGEST_PROOF: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(20);
/// How long either may take when the revocation has used up all of that time.
const SHORTEST: Duration = Duration::from_secs(5);
/// How many changes are listed in the task log; the report lists all.
const MOST_LINES: usize = 100;

/// Writes the report that was asked for, attaches it to the task, and sums it up in the log. Gives
/// a failure when a key that was revoked lives on, as its fate then says.
pub fn attach(
    context: &Context<'_>,
    purpose: &Purpose,
    search: &mut Search,
    options: &Report,
    session: &Session<'_>,
) -> Option<Failure> {
    let file = options.file.as_deref()?;
    let client = context.client.hurried(SHORTEST, LONGEST_PROOF);
    let in_a_hurry = Context {
        client: &client,
        ..*context
    };
    let proof = proof::prove(&in_a_hurry, &mut search.keys, session);
    let client = context.client.hurried(SHORTEST, LONGEST);
    let in_a_hurry = Context {
        client: &client,
        ..*context
    };
    let written = gather::gather(&in_a_hurry, purpose, search, options, &proof)
        .map_err(|error| unread(&error))
        .and_then(|facts| write(file, &facts, context.console));
    if let Err(failure) = written {
        context.console.warning(&failure.in_one_line());
    }
    proof.failure
}

/// Says why no report comes of a dry run.
pub fn decline(options: &Report, console: Console) {
    if options.file.is_some() {
        console.info("There is no audit report: it is about a run that has come to its end.");
    }
}

fn unread(error: &Error) -> Failure {
    const TASK: &str = "There is no audit report, since the audit trail could not be read";
    if error.is_not_allowed() {
        return Failure::new(
            format!("{TASK}: {error}."),
            "Give the account behind the credential the permission EventView.",
        )
        .said(error.said());
    }
    explain(TASK, error)
}

fn write(file: &Path, facts: &Facts, console: Console) -> Result<(), Failure> {
    sum_up(facts, console);
    let content = match Kind::of(file)? {
        Kind::Page => html::render(facts),
        Kind::Data => json(facts),
    };
    let path = file::write(file, content.as_bytes()).map_err(|why| not_written(file, &why))?;
    if console.format() == OutputFormat::Octopus {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let artifact = message::create_artifact(&path.to_string_lossy(), &name, content.len());
        // A worker that does not listen gets no artifact; the file is there all the same.
        let _ = console::write_out(&artifact);
        let name = Stranger::from(name);
        console.info(&format!("The audit report is attached: '{name}'."));
    } else {
        console.info(&format!("The audit report is '{}'.", stranger::path(&path)));
    }
    Ok(())
}

/// What a report is, by how its file's name ends.
enum Kind {
    Page,
    Data,
}

impl Kind {
    fn of(file: &Path) -> Result<Self, Failure> {
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("html") => Ok(Self::Page),
            Some("json") => Ok(Self::Data),
            _ => Err(not_written(file, &NotWritten::Kind)),
        }
    }
}

/// Checks a report's name before a run begins; at its end it is too late, and no more than a warning.
///
/// # Errors
/// When there would be no report.
pub fn check_name(file: &Path) -> Result<(), Failure> {
    Kind::of(file)
        .map(drop)
        .map_err(|failure| Failure::usage(failure.what(), ADVICE))
}

/// What to do when there is no report.
const ADVICE: &str = "Give --report (RUNKEY_REPORT) a new name that ends in .html or .json, in a folder that this step may write to.";

fn not_written(file: &Path, why: &NotWritten) -> Failure {
    Failure::new(
        format!(
            "There is no audit report: '{}' {why}.",
            stranger::path(file)
        ),
        ADVICE,
    )
}

fn json(facts: &Facts) -> String {
    // Writing our own structures of text cannot fail.
    let json = serde_json::to_string_pretty(facts).unwrap_or_default() + "\n";
    let mut safe = String::with_capacity(json.len());
    sanitize::harmless_json(&json, &mut safe);
    safe
}

fn sum_up(facts: &Facts, console: Console) {
    console.highlight(&facts.summary());
    for change in facts.changes.iter().take(MOST_LINES) {
        console.detail(&line(change));
    }
    if facts.changes.len() > MOST_LINES {
        console.detail(&format!(
            "... and {} more, which are in the report.",
            facts.changes.len() - MOST_LINES
        ));
    }
}

fn line(change: &Change) -> String {
    let space = change.space_id.clone().unwrap_or_else(|| "no space".into());
    format!("{:.0}, {space}: '{}'", change.occurred, change.message)
}
