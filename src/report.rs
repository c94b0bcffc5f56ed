//! `--report FILE`: what was done with the run's key, from Octopus's own audit trail.
//!
//! The revocation comes first and never depends on this: whatever goes wrong here is a warning.
//! Only a key that the server still accepts afterwards is a failure.

mod facts;
mod file;
mod gather;
mod html;
mod links;
mod proof;

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::advice;
use crate::cli::{OutputFormat, Report};
use crate::console::{self, Console};
use crate::failure::Failure;
use crate::octopus::{Client, Error, Id, KeyRecord};
use crate::purpose::Purpose;
use crate::service_message as message;

use facts::{Change, Facts};

/// How long the report may take, however much time for trying is left.
const LONGEST: Duration = Duration::from_secs(30);
/// How long it may take when the revocation has used up all of that time.
const SHORTEST: Duration = Duration::from_secs(5);
/// How many changes are listed in the task log; the report lists all.
const MOST_LINES: usize = 100;

/// A run that has come to its delete step.
pub struct Ended<'a> {
    pub client: &'a Client,
    pub owner: &'a Id,
    pub purpose: &'a Purpose,
    /// The keys of the run that were found, and what became of each.
    pub keys: Vec<(&'a KeyRecord, Fate)>,
}

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Fate {
    /// It was revoked by this step.
    Revoked,
    /// It was gone before.
    AlreadyGone,
    /// It could not be revoked.
    LivesOn,
}

/// Writes the report that was asked for, attaches it to the task, and sums it up in the log. Gives
/// a failure when the server still accepts the key.
pub fn attach(ended: &Ended<'_>, options: &Report, console: Console) -> Option<Failure> {
    let file = options.file.as_deref()?;
    let client = ended.client.hurried(SHORTEST, LONGEST);
    let proof = proof::present_key(&client, console);
    let written = gather::gather(&client, ended, options, proof, console)
        .map_err(|error| unread(&error))
        .and_then(|facts| write(file, &facts, console));
    if let Err(failure) = written {
        console.warning(&failure.to_string());
    }
    proof.failure()
}

/// Says why no report comes of a step that ended no run. There is never a failure in that.
pub fn decline(options: &Report, console: Console) -> Option<Failure> {
    if options.file.is_some() {
        console.info("There is no audit report: it is about one run that has come to its end.");
    }
    None
}

fn unread(error: &Error) -> Failure {
    const TASK: &str = "There is no audit report, since the audit trail could not be read";
    if error.status() == Some(403) {
        return Failure::new(
            format!("{TASK}: {error}."),
            "Give the account behind the credential the permission EventView.",
        )
        .said(error.said().map(ToOwned::to_owned));
    }
    advice::explain(TASK, error)
}

fn write(file: &Path, facts: &Facts, console: Console) -> Result<(), Failure> {
    sum_up(facts, console);
    let content = match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => html::render(facts),
        Some("json") => json(facts),
        _ => {
            return Err(Failure::new(
                format!(
                    "There is no audit report: '{}' is neither .html nor .json.",
                    file.display()
                ),
                "Give --report (RUNKEY_REPORT) a name that ends so.",
            ));
        }
    };
    let path = file::write(file, content.as_bytes()).map_err(|why| {
        Failure::new(
            format!("There is no audit report: '{}' {why}.", file.display()),
            "Give --report (RUNKEY_REPORT) a new name in a folder that this step may write to.",
        )
    })?;
    if console.format() == OutputFormat::Octopus {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let artifact = message::create_artifact(&path.to_string_lossy(), &name, content.len());
        // A worker that does not listen gets no artifact; the file is there all the same.
        let _ = console::write_out(&artifact);
        console.info(&format!("The audit report is attached: '{name}'."));
    } else {
        console.info(&format!("The audit report is '{}'.", path.display()));
    }
    Ok(())
}

fn json(facts: &Facts) -> String {
    // Writing our own structures of text cannot fail.
    serde_json::to_string_pretty(facts).unwrap_or_default() + "\n"
}

fn sum_up(facts: &Facts, console: Console) {
    console.highlight(&facts.summary());
    for change in facts.changes.iter().take(MOST_LINES) {
        console.detail(&line(change));
    }
    if facts.changes.len() > MOST_LINES {
        console.detail(&format!(
            "… and {} more, which are in the report.",
            facts.changes.len() - MOST_LINES
        ));
    }
}

fn line(change: &Change) -> String {
    let space = change.space_id.as_deref().unwrap_or("no space");
    format!("{:.0}, {space}: {}", change.occurred, change.message)
}
