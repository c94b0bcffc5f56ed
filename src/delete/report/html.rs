//! The report as one page that needs nothing else: no script, no picture, no font.

use askama::Template;
use jiff::Timestamp;

use super::facts::{Facts, Key};
use super::proof::Proof;
use crate::delete::found::Fate;

/// By this, a page is known for what it is.
pub const BEGINNING: &str = "<!doctype html>\n<!-- runkey audit report";

/// The page; the library escapes whatever is put into it.
#[derive(Template)]
#[template(path = "report.html", config = "src/delete/report/askama.toml")]
struct Page<'a> {
    facts: &'a Facts,
}

/// Writes the page.
pub fn render(facts: &Facts) -> String {
    // Only writing can fail, and a string takes every text.
    Page { facts }.render().unwrap_or_default()
}

impl Page<'_> {
    /// Who, as large as the page can say it.
    fn title(&self) -> String {
        let run = &self.facts.run;
        match (&run.by, &run.id) {
            (Some(by), Some(id)) => format!("{by}, run {id}"),
            _ => run.purpose.to_string(),
        }
    }

    fn is_alarming(&self) -> bool {
        let keys = &self.facts.keys;
        self.facts.proof == Proof::Accepted
            || keys
                .iter()
                .any(|key| matches!(key.fate, Fate::LivesOn | Fate::Spared))
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

/// A time for people, in UTC.
fn clock(moment: &Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
