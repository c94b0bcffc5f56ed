//! The audit report: what was done with the run key, from the audit trail.

use std::path::Path;

use octopus::{Client, Id, Untrusted};

use crate::output::Failure;
use crate::run::{Context, Ended, Selector};

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
pub fn check_name(_file: Option<&Path>) -> Result<(), Failure> {
    Ok(())
}

/// Writes the report and attaches it; a failure is a warning.
pub fn attach(_file: &Path, _request: &Request<'_>, _context: &Context<'_>) {}
