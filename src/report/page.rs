//! The report as one page that needs nothing else: no script, no picture, no font.

use askama::Template;
use octopus::Untrusted;

use super::facts::{Facts, Key, RunOutcome};
use super::rows::{self, Section, clock};
use super::started_by::Verdict;
use super::summary;
use crate::run::Outcome;

/// By this, a page is recognized.
pub const BEGINNING: &str = "<!doctype html>\n<!-- runkey audit report";
/// From this number of changes, the page is printed in two columns.
const MANY: usize = 60;

/// The page; the library escapes whatever is put into it.
#[derive(Template)]
#[template(path = "report.html", config = "src/report/askama.toml")]
struct Page<'a> {
    facts: &'a Facts,
    sections: Vec<Section>,
}

/// Returns the page.
pub fn render(facts: &Facts) -> String {
    let page = Page {
        facts,
        sections: rows::sections(&facts.changes),
    };
    // Only writing can fail, and a string takes every text.
    page.render().unwrap_or_default()
}

/// A statement with its color and its sign.
struct Badge {
    class: &'static str,
    sign: char,
    text: String,
}

impl Page<'_> {
    /// Who started the run, as large as the page can say it: never a name that the server contradicts.
    fn name(&self) -> String {
        let starter = &self.facts.started_by;
        let name = match starter.verdict {
            Verdict::Different => starter.username.as_ref(),
            _ => starter.name.as_ref().or(self.facts.run.purpose.as_ref()),
        };
        name.map_or("unknown".to_owned(), |name| name.shortened(90))
    }

    fn is_different(&self) -> bool {
        self.facts.started_by.verdict == Verdict::Different
    }

    fn unknown_starter(&self) -> &'static str {
        match self.facts.started_by.verdict {
            Verdict::NoTask => "not known: the run is no task",
            _ => "not readable",
        }
    }

    fn has_many(&self) -> bool {
        self.facts.changes.len() >= MANY
    }

    fn in_progress(&self) -> Option<String> {
        (!self.facts.in_progress.is_empty()).then(|| summary::in_progress(self.facts))
    }

    fn starter(&self) -> Badge {
        let (class, sign) = match self.facts.started_by.verdict {
            Verdict::Same => ("good", '✓'),
            Verdict::Different => ("bad", '✗'),
            Verdict::ServiceAccountOrSystem | Verdict::NotReadable | Verdict::NoTask => {
                ("unsure", '?')
            }
        };
        Badge {
            class,
            sign,
            text: self.facts.started_by.sentence(),
        }
    }

    fn keys(&self) -> Badge {
        let (class, sign, text) = match self.facts.outcome {
            RunOutcome::Revoked => ("good", '✓', "Revoked".to_owned()),
            RunOutcome::Unverified => ("unsure", '?', "Revoked, not verified".to_owned()),
            RunOutcome::NotFound => (
                "unsure",
                '?',
                "No run key found: revoked before, or never created".to_owned(),
            ),
            RunOutcome::MayBeActive => ("bad", '✗', self.active()),
        };
        Badge { class, sign, text }
    }

    fn active(&self) -> String {
        let active = self
            .facts
            .keys
            .iter()
            .filter(|key| matches!(key.outcome, Outcome::MayBeActive | Outcome::Skipped));
        let named: Vec<String> = active
            .map(|key| match &key.expires {
                Some(expires) => format!("{} (expires {} UTC)", key.id, clock(expires)),
                None => format!("{} (expiry unknown)", key.id),
            })
            .collect();
        if named.is_empty() {
            return "A key of this run may be active".to_owned();
        }
        format!("May be active: {}", named.join(", "))
    }
}

/// What became of a key, and its times.
fn key(key: &Key) -> String {
    let outcome = match key.outcome {
        Outcome::Revoked => "revoked",
        Outcome::Unverified => "revoked, not verified",
        Outcome::Skipped => "skipped: runkey authenticates with it",
        Outcome::MayBeActive => "may be active",
    };
    let times = [
        ("created", key.created),
        ("last used", key.last_used),
        ("expiry", key.expires),
    ];
    let times = times
        .into_iter()
        .filter_map(|(name, moment)| moment.map(|moment| format!("{name} {} UTC", clock(&moment))));
    format!("{outcome}; {}", times.collect::<Vec<_>>().join(", "))
}

fn short(text: &Untrusted) -> String {
    text.shortened(200)
}
