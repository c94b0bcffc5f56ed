//! The changes as the page shows them: by space and document, deletions first, repeats as one.
//!
//! Everything here has a bound, since strangers choose names, spaces and programs.

use jiff::Timestamp;

use super::brief::brief;
use super::facts::Change;
use super::kind::Kind;
use super::rows::{Group, MOST_SENDERS, View, gathered, in_words, sender};
use super::sum::{Sum, so_many};
use crate::stranger::Stranger;

/// How many rows the page shows before anything is unfolded.
const OPEN_ROWS: usize = 30;
/// How many spaces have a section of their own.
const MOST_SPACES: usize = 5;
/// What was done in one space, or in all that have no section of their own.
#[derive(Debug)]
pub struct Section {
    pub title: String,
    pub sum: Sum,
    /// The day, or the first and the last.
    pub days: String,
    /// The programs that sent the changes.
    pub senders: Vec<String>,
    pub has_more_senders: bool,
    /// What is shown at once.
    pub open: Vec<Group>,
    pub folds: Vec<Fold>,
}

/// What is left of one kind, to be unfolded.
#[derive(Debug)]
pub struct Fold {
    pub kind: Kind,
    pub title: String,
    pub groups: Vec<Group>,
}

/// The sections, those with deletions first.
pub fn sections(changes: &[Change]) -> Vec<Section> {
    let mut spaces = gathered(changes, space);
    spaces.sort_by_key(|(_, changes)| {
        let sum = Sum::of(changes.iter().copied());
        std::cmp::Reverse((sum.deleted, sum.total()))
    });
    let rest = spaces.split_off(spaces.len().min(MOST_SPACES));
    let mut left = OPEN_ROWS;
    let mut sections: Vec<Section> = spaces
        .into_iter()
        .map(|(space, changes)| {
            let title = space.map_or("Outside any space".to_owned(), |space| {
                brief(&space.into(), 60)
            });
            section(title, &changes, false, &mut left)
        })
        .collect();
    if !rest.is_empty() {
        let title = so_many(rest.len(), "more space");
        let changes: Vec<&Change> = rest.into_iter().flat_map(|(_, changes)| changes).collect();
        sections.push(section(title, &changes, true, &mut left));
    }
    sections
}

fn section(title: String, changes: &[&Change], names_space: bool, left: &mut usize) -> Section {
    let sum = Sum::of(changes.iter().copied());
    let days = days(sum.first, sum.last);
    let senders = gathered(changes.iter().copied(), sender);
    let view = View {
        has_days: days.contains(' '),
        senders: senders.iter().map(|(sender, _)| *sender).collect(),
        names_space,
    };
    let mut groups: Vec<Group> = gathered(changes.iter().copied(), document)
        .into_iter()
        .map(|(_, changes)| view.group(&changes))
        .collect();
    groups.sort_by_key(|group| group.kind);
    let fitting = groups.iter().take_while(|group| {
        let fits = group.rows.len() <= *left;
        *left = left.saturating_sub(group.rows.len());
        fits
    });
    let folded = groups.split_off(fitting.count());
    Section {
        title,
        sum,
        days,
        has_more_senders: view.senders.len() > MOST_SENDERS,
        senders: view
            .senders
            .iter()
            .take(MOST_SENDERS)
            .map(in_words)
            .collect(),
        folds: folds(folded, &groups),
        open: groups,
    }
}

fn folds(mut groups: Vec<Group>, open: &[Group]) -> Vec<Fold> {
    let mut folds = Vec::new();
    while let Some(kind) = groups.first().map(|group| group.kind) {
        let others = groups.split_off(groups.partition_point(|group| group.kind == kind));
        let noun = if open.iter().any(|group| group.kind == kind) {
            "more document"
        } else {
            "document"
        };
        let changes: usize = groups
            .iter()
            .flat_map(|group| &group.rows)
            .map(|row| row.count)
            .sum();
        let title = format!("{} {}", so_many(groups.len(), noun), kind.participle());
        let title = if changes > groups.len() {
            format!("{title}, {changes} changes")
        } else {
            title
        };
        folds.push(Fold {
            kind,
            title,
            groups,
        });
        groups = others;
    }
    folds
}

fn space(change: &Change) -> Option<&str> {
    change.space_id.as_ref().map(Stranger::as_given)
}

/// What a change is about: the first of its documents, or else its own words.
fn document(change: &Change) -> (Option<&str>, &str) {
    (
        space(change),
        change
            .document_ids
            .first()
            .unwrap_or(&change.message)
            .as_given(),
    )
}

/// A day, or the first and the last of some.
fn days(first: Option<Timestamp>, last: Option<Timestamp>) -> String {
    let day = |moment: Option<Timestamp>| {
        let moment = moment.unwrap_or_default();
        moment.strftime("%Y-%m-%d").to_string()
    };
    let (first, last) = (day(first), day(last));
    if first == last {
        first
    } else {
        format!("{first} to {last}")
    }
}
