//! The report as one page that needs nothing else: no script, no picture, no font.

use askama::Template;
use jiff::Timestamp;

use super::brief::brief;
use super::end::{End, lives, lives_until};
use super::facts::{Facts, Key};
use super::groups::{self, Section};
use super::kind::Kind;
use super::strip::Strip;
use super::sum;
use super::totals::{self, Total};
use crate::delete::found::Fate;
use crate::stranger::Stranger;

/// By this, a page is known for what it is.
pub const BEGINNING: &str = "<!doctype html>\n<!-- runkey audit report";
/// So many changes are listed; of more, the page shows the sums.
const MOST_CHANGES: usize = 5000;
/// So many rows are printed in two columns.
const MANY: usize = 60;

/// The page; the library escapes whatever is put into it.
#[derive(Template)]
#[template(path = "report.html", config = "src/delete/report/askama.toml")]
struct Page<'a> {
    facts: &'a Facts,
    strip: Option<Strip>,
    sections: Vec<Section>,
    /// In place of the sections, when there are too many changes.
    totals: Vec<Total>,
}

/// Writes the page.
pub fn render(facts: &Facts) -> String {
    let changes = &facts.changes;
    let is_short = changes.len() <= MOST_CHANGES;
    let first = changes
        .first()
        .map_or(facts.since, |change| change.occurred);
    let from = if facts.since_is_known {
        facts.since
    } else {
        first
    };
    let page = Page {
        facts,
        strip: Strip::of(changes, from, facts.made_at),
        sections: if is_short {
            groups::sections(changes)
        } else {
            Vec::new()
        },
        totals: if is_short {
            Vec::new()
        } else {
            totals::totals(changes)
        },
    };
    // Only writing can fail, and a string takes every text.
    page.render().unwrap_or_default()
}

impl Page<'_> {
    /// Who, as large as the page can say it.
    fn who(&self) -> String {
        let run = &self.facts.run;
        brief(run.by.as_ref().unwrap_or(&run.purpose), 90)
    }

    /// Which run, if the purpose tells.
    fn run(&self) -> Option<String> {
        self.facts.run.id.as_ref().map(|id| brief(id, 60))
    }

    /// When the run was, and how long it took, as far as its keys tell.
    fn when(&self) -> String {
        let facts = self.facts;
        let (from, to) = (facts.since, facts.made_at);
        if !facts.since_is_known {
            return format!("until {} UTC", clock(&to));
        }
        let took = sum::took(sum::seconds(from, to));
        format!("{} to {} UTC, {took}", clock(&from), end(&from, &to))
    }

    /// How it stands with the keys: a class for its colour, a sign, and the words.
    fn badge(&self) -> (&'static str, char, String) {
        let (keys, are) = if self.facts.keys.len() > 1 {
            ("keys", "are")
        } else {
            ("key", "is")
        };
        match self.facts.end {
            End::Revoked => (
                "good",
                '✓',
                format!("Revoked: the server no longer knows the {keys}"),
            ),
            End::GoneBefore => (
                "good",
                '✓',
                "Gone before: the server knows no key of this run".to_owned(),
            ),
            End::LivesOn => ("bad", '✗', self.lives_on()),
            End::NotSeen => (
                "unsure",
                '?',
                format!("Not looked: whether the {keys} of this run {are} gone was not seen"),
            ),
        }
    }

    fn lives_on(&self) -> String {
        if self.living().is_empty() {
            return "Lives on: the server still accepts the key".to_owned();
        }
        match lives_until(&self.facts.keys) {
            Some(until) => format!("Lives on until {} UTC", clock(&until)),
            None => "Lives on: it does not expire by itself".to_owned(),
        }
    }

    /// The ids of the keys that were not revoked.
    fn living(&self) -> Vec<&Stranger> {
        let keys = self.facts.keys.iter().filter(|key| lives(key));
        keys.map(|key| &key.id).collect()
    }

    fn has_many_rows(&self) -> bool {
        self.facts.changes.len() > MANY
    }

    fn fate(&self, key: &Key) -> String {
        match key.fate {
            Fate::Revoked => format!(
                "at the end of the run, by {} UTC",
                clock(&self.facts.made_at)
            ),
            Fate::AlreadyGone => "before this step".to_owned(),
            Fate::Spared => "NOT: runkey authenticates with it".to_owned(),
            Fate::Found | Fate::LivesOn => "NOT: the key lives on".to_owned(),
        }
    }
}

/// The hint of a key, without what a server may have filled it up with.
fn hint(hint: &Stranger) -> String {
    let shown = brief(hint, 20);
    shown.trim_end_matches(['•', '*', '.', '…']).to_owned()
}

/// A moment for people, in UTC.
fn clock(moment: &Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// A moment after another: without the day if that is the same.
fn end(from: &Timestamp, to: &Timestamp) -> String {
    let (from, to) = (clock(from), clock(to));
    match to.split_once(' ') {
        Some((day, time)) if from.starts_with(day) => time.to_owned(),
        _ => to,
    }
}
