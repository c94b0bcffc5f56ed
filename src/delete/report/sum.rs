//! The changes in one line, in the manner of a plan: how many of each kind, where, and in what time.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Serialize;

use super::facts::Change;
use super::kind::Kind;
use super::links;
use crate::stranger::Stranger;

/// How many changes of each kind there are, and where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Sum {
    pub created: usize,
    pub changed: usize,
    pub deleted: usize,
    pub other: usize,
    pub projects: usize,
    pub spaces: usize,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
}

impl Sum {
    /// The sum of some changes.
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let (mut projects, mut spaces) = (HashSet::new(), HashSet::new());
        let mut sum = Self::default();
        for change in changes {
            *sum.place(change.kind()) += 1;
            sum.first = sum.first.into_iter().chain([change.occurred]).min();
            sum.last = sum.last.max(Some(change.occurred));
            spaces.extend(change.space_id.as_ref().map(Stranger::as_given));
            let documents = change.document_ids.iter().map(Stranger::as_given);
            projects.extend(documents.filter(|id| links::is_id(id, "Projects-")));
        }
        Self {
            projects: projects.len(),
            spaces: spaces.len(),
            ..sum
        }
    }

    /// How many changes there are of this kind.
    pub fn count(mut self, kind: Kind) -> usize {
        *self.place(kind)
    }

    /// How many there are in all.
    pub fn total(self) -> usize {
        Kind::ALL.into_iter().map(|kind| self.count(kind)).sum()
    }

    /// The kinds that there are.
    pub fn kinds(self) -> impl Iterator<Item = Kind> {
        let kinds = Kind::ALL.into_iter();
        kinds.filter(move |kind| self.count(*kind) > 0)
    }

    /// As in `+ 312 created, ~ 118 changed, - 70 deleted, in 2 projects and 1 space, in 40 s`.
    pub fn in_words(self) -> String {
        let mut parts: Vec<String> = self
            .kinds()
            .map(|kind| format!("{} {} {}", kind.sign(), self.count(kind), kind.word()))
            .collect();
        parts.extend(self.whereabouts());
        parts.join(", ")
    }

    /// As in `in 2 projects and 1 space`, and `in 40 s`.
    pub fn whereabouts(self) -> Vec<String> {
        let places = [(self.projects, "project"), (self.spaces, "space")];
        let there = places.into_iter().filter(|(count, _)| *count > 0);
        let places: Vec<String> = there.map(|(count, noun)| so_many(count, noun)).collect();
        let mut parts = Vec::new();
        if !places.is_empty() {
            parts.push(format!("in {}", places.join(" and ")));
        }
        let span = self.first.zip(self.last);
        let seconds = span.map_or(0, |(first, last)| seconds(first, last));
        if seconds > 0 {
            parts.push(format!("in {}", took(seconds)));
        }
        parts
    }

    fn place(&mut self, kind: Kind) -> &mut usize {
        match kind {
            Kind::Created => &mut self.created,
            Kind::Changed => &mut self.changed,
            Kind::Deleted => &mut self.deleted,
            Kind::Other => &mut self.other,
        }
    }
}

/// As in `1 space` and `2 spaces`.
pub fn so_many(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// The seconds between two moments, as clocks show them.
pub fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_second() - from.as_second()).unwrap_or_default()
}

/// How long something took, for people, in its two largest units: `12 min 20 s`.
pub fn took(seconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (length, unit) in UNITS {
        if rest >= length {
            parts.push(format!("{} {unit}", rest / length));
            rest %= length;
        }
    }
    parts.truncate(2);
    if parts.is_empty() {
        return "less than a second".to_owned();
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_says_what_there_is_and_nothing_else() {
        let sum = Sum {
            created: 312,
            changed: 118,
            deleted: 70,
            projects: 2,
            spaces: 1,
            first: "2026-09-15T09:00:00Z".parse().ok(),
            last: "2026-09-15T09:00:40.9Z".parse().ok(),
            ..Sum::default()
        };
        assert_eq!(
            sum.in_words(),
            "+ 312 created, ~ 118 changed, - 70 deleted, in 2 projects and 1 space, in 40 s"
        );
        let one = Sum {
            other: 1,
            first: sum.first,
            last: sum.first,
            ..Sum::default()
        };
        assert_eq!(one.in_words(), "* 1 other");
    }

    #[test]
    fn a_time_has_its_two_largest_units() {
        for (seconds, text) in [
            (0, "less than a second"),
            (59, "59 s"),
            (740, "12 min 20 s"),
            (7_200, "2 h"),
            (90_061, "1 d 1 h"),
        ] {
            assert_eq!(took(seconds), text);
        }
    }
}
