//! What the checks found, line by line, and the sum of it.

use std::cell::RefCell;
use std::rc::Rc;

use octopus::Error;
use serde_json::{Value, json};

use crate::output::{Failure, Reporter};
use crate::run::Context;

/// Identifies the JSON document.
const FORMAT: &str = "runkey-preflight-1";

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
enum Status {
    Passed,
    /// Create, use or delete will not work.
    Failed,
    /// Something that is not needed for them.
    NotAvailable,
}

#[derive(Debug)]
struct Finding {
    label: &'static str,
    status: Status,
    detail: String,
}

/// The findings so far; each is logged at once.
pub struct Findings<'a> {
    reporter: &'a Rc<dyn Reporter>,
    list: RefCell<Vec<Finding>>,
}

impl<'a> Findings<'a> {
    pub fn new(reporter: &'a Rc<dyn Reporter>) -> Self {
        Self {
            reporter,
            list: RefCell::default(),
        }
    }

    /// It works.
    pub fn passed(&self, label: &'static str, detail: &str) {
        self.add(label, Status::Passed, detail);
    }

    /// It does not, and is needed.
    pub fn failed(&self, label: &'static str, detail: &str) {
        self.add(label, Status::Failed, detail);
    }

    /// It does not, and is not needed for create, use and delete.
    pub fn not_available(&self, label: &'static str, detail: &str) {
        self.add(label, Status::NotAvailable, detail);
    }

    /// As [`Findings::failed`], for a request.
    pub fn failed_with(&self, label: &'static str, error: &Error) {
        let line = Failure::from_cause(error).in_one_line();
        self.failed(label, &uncapitalized(&line));
    }

    /// As [`Findings::not_available`], for a request, with what is missing for it.
    pub fn not_available_with(&self, label: &'static str, error: &Error, missing: &str) {
        self.not_available(label, &format!("{} {missing}", describe(error)));
    }

    fn add(&self, label: &'static str, status: Status, detail: &str) {
        let mark = match status {
            Status::Passed => "ok",
            Status::Failed => "FAILED",
            Status::NotAvailable => "not available",
        };
        let line = format!("{label}: {mark} - {detail}");
        match status {
            Status::Passed => self.reporter.info(&line),
            Status::Failed | Status::NotAvailable => self.reporter.warning(&line),
        }
        let detail = detail.to_owned();
        self.list.borrow_mut().push(Finding {
            label,
            status,
            detail,
        });
    }

    /// The findings for a program, without secrets: for a bug report.
    pub fn result(&self) -> Value {
        let list = self.list.borrow();
        let checks = list.iter().map(|finding| {
            json!({ "Check": finding.label, "Status": finding.status, "Detail": finding.detail })
        });
        json!({
            "Format": FORMAT,
            "RunkeyVersion": env!("CARGO_PKG_VERSION"),
            "Checks": checks.collect::<Vec<_>>(),
        })
    }

    /// Says which subcommands will work.
    pub fn conclude(&self, context: &Context<'_>) -> Result<(), Failure> {
        let result = self.result();
        if let Some(signal) = context.signals.pending() {
            return Err(Failure::interrupted(signal).with_result(result));
        }
        let list = self.list.borrow();
        let failed: Vec<_> = list
            .iter()
            .filter(|finding| finding.status == Status::Failed)
            .map(|finding| finding.label)
            .collect();
        if !failed.is_empty() {
            let what = format!("The preflight check failed: {}.", failed.join(", "));
            let help = "See the failed checks above, or --output json for a bug report.";
            return Err(Failure::new(what, help).with_result(result));
        }
        let missing: Vec<_> = list
            .iter()
            .filter(|finding| finding.status == Status::NotAvailable)
            .map(|finding| uncapitalized(finding.label))
            .collect();
        let missing = match missing.as_slice() {
            [] => String::new(),
            missing => format!(" Not available: {}.", missing.join(", ")),
        };
        let line = format!("Create, use and delete will work on this server.{missing}");
        context.reporter.highlight(&line);
        context.reporter.result(&result);
        Ok(())
    }
}

/// The label within a sentence.
fn uncapitalized(label: &str) -> String {
    let mut chars = label.chars();
    let first = chars.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

fn describe(error: &Error) -> String {
    match error.said.as_ref() {
        Some(said) => format!("{error}. Octopus said: \"{said}\"."),
        None => format!("{error}."),
    }
}
