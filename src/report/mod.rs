//! The audit report: who started the run, and what was done with its key, from the audit trail.
//!
//! It comes after the revocation and never decides about it: what fails here is a warning.

mod changes;
mod facts;
mod file;
mod in_progress;
mod page;
mod rows;
mod started_by;
mod summary;
mod trail;

use std::path::Path;
use std::time::Duration;

use octopus::{Client, ErrorKind, Id, RetryPolicy, Untrusted};

use crate::output::Failure;
use crate::run::{Context, Ended, Selector};
use facts::Facts;
use file::Kind;

/// How long the trail is read, and how long all other requests take together: the step waits for
/// it. Three pages that time out fit, each smaller than the one before.
const MAX_TRAIL_TIME: Duration = Duration::from_secs(90);
const MAX_LOOKUP_TIME: Duration = Duration::from_secs(15);

/// What is to be reported.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub client: &'a Client,
    pub owner: &'a Id,
    pub selector: &'a Selector,
    pub ended: &'a Ended,
    pub space: Option<&'a Untrusted>,
}

/// Checks the name of the report's file before anything is done.
pub fn check_name(file: Option<&Path>) -> Result<(), Failure> {
    match file {
        Some(file) => Kind::of(file).map(drop),
        None => Ok(()),
    }
}

/// Writes the report and attaches it; a failure is a warning.
pub fn attach(file: &Path, request: &Request<'_>, context: &Context<'_>) {
    if let Err(failure) = write(file, request, context) {
        context.reporter.warning(&failure.in_one_line());
    }
}

fn write(file: &Path, request: &Request<'_>, context: &Context<'_>) -> Result<(), Failure> {
    let kind = Kind::of(file)?;
    let within = |time| request.client.with_policy(RetryPolicy::within(time));
    let trail = trail::read(&within(MAX_TRAIL_TIME), request);
    let lookups = within(MAX_LOOKUP_TIME);
    let facts = Facts::of(request, trail, &lookups);
    if let Some(error) = &facts.trail_error {
        context.reporter.warning(&unread(error).in_one_line());
    }
    summary::log(&facts, &**context.reporter);
    let text = match kind {
        Kind::Page => page::render(&facts),
        Kind::Data => facts.to_json(),
    };
    let path = file::write(file, text.as_bytes())?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    context.reporter.artifact(&path, &name, text.len());
    Ok(())
}

fn unread(error: &octopus::Error) -> Failure {
    const TASK: &str = "Cannot read the audit trail";
    if matches!(error.kind, ErrorKind::Forbidden | ErrorKind::Unauthorized) {
        let help = "Give the credential's account the EventView permission.";
        return Failure::new(format!("{TASK}: {error}."), help).said(error.said.as_ref());
    }
    Failure::from_error(TASK, error)
}
