//! The report in a few lines of the log.

use octopus::Untrusted;

use super::facts::Facts;
use super::in_progress::CONSEQUENCE;
use super::started_by::Verdict;
use crate::output::Reporter;

/// How many tasks in progress a line names.
const MAX_NAMED: usize = 10;

/// Logs who started the run and what was done: a different starter first. Nothing is said of a trail that
/// could not be read: a warning has done so.
pub fn log(facts: &Facts, reporter: &dyn Reporter) {
    if facts.started_by.verdict == Verdict::Different {
        reporter.highlight(&facts.started_by.sentence());
    }
    let is_unread = facts.trail_error.is_some() && facts.changes.is_empty();
    if !is_unread {
        reporter.highlight(&format!(
            "Changes made with the run key of {}: {}.",
            run(facts),
            facts.sum.in_words()
        ));
    }
    if facts.started_by.verdict != Verdict::Different {
        reporter.highlight(&facts.started_by.sentence());
    }
    if !facts.in_progress.is_empty() {
        reporter.warning(&in_progress(facts));
    }
    if let Some(cut_off) = facts.cut_off.as_ref().filter(|_| !is_unread) {
        reporter.warning(&cut_off.sentence());
    }
    if facts.unreadable > 0 {
        reporter.warning(&format!(
            "The audit trail contains events that cannot be read: {}.",
            facts.unreadable
        ));
    }
}

/// What is in progress, and what the revocation means for it.
pub fn in_progress(facts: &Facts) -> String {
    let named = facts
        .in_progress
        .iter()
        .take(MAX_NAMED)
        .map(|task| task.task_id.as_str());
    let named = named.collect::<Vec<_>>().join(", ");
    let more = match facts.in_progress.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("Started with the run key and still in progress: {named}{more}. {CONSEQUENCE}")
}

fn run(facts: &Facts) -> String {
    match (&facts.run.id, &facts.run.purpose) {
        (Some(run), _) => format!("run {run}"),
        (None, purpose) => {
            let nothing = Untrusted::default();
            format!(
                "purpose \"{}\"",
                purpose.as_ref().unwrap_or(&nothing).shortened(100)
            )
        }
    }
}
