//! The changes as the page shows them: by space and document, deletions first, repeats as one.
//!
//! Everything here has a bound, since strangers choose names, spaces and programs.

use std::collections::HashMap;

use jiff::Timestamp;

use super::brief::brief;
use super::facts::Change;
use super::sum::{Kind, Sum};
use crate::stranger::Stranger;

/// How many rows the page shows before anything is unfolded.
const OPEN_ROWS: usize = 30;
/// How many spaces have a section of their own.
const MOST_SPACES: usize = 5;
/// How many programs a section names.
const MOST_SENDERS: usize = 3;

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

/// What was done to one document, the oldest first.
#[derive(Debug)]
pub struct Group {
    pub document: String,
    pub rows: Vec<Row>,
    kind: Kind,
}

/// The same thing done once or more.
#[derive(Debug)]
pub struct Row {
    pub kind: Kind,
    pub what: String,
    pub message: String,
    pub count: usize,
    pub time: String,
    /// When it was done last, if it was done again.
    pub until: Option<String>,
    pub link: Option<String>,
    /// The number of the program that sent it, where there is more than one.
    pub sender: Option<String>,
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
        let title = format!("{} more spaces", rest.len());
        let changes: Vec<&Change> = rest.into_iter().flat_map(|(_, changes)| changes).collect();
        sections.push(section(title, &changes, true, &mut left));
    }
    sections
}

/// Puts together what has the same key, in the order of the first of each.
fn gathered<'a, K: Eq + std::hash::Hash + Copy>(
    changes: impl IntoIterator<Item = &'a Change>,
    key: impl Fn(&'a Change) -> K,
) -> Vec<(K, Vec<&'a Change>)> {
    let mut places = HashMap::new();
    let mut gathered: Vec<(K, Vec<&Change>)> = Vec::new();
    for change in changes {
        let key = key(change);
        let place = *places.entry(key).or_insert(gathered.len());
        match gathered.get_mut(place) {
            Some((_, changes)) => changes.push(change),
            None => gathered.push((key, vec![change])),
        }
    }
    gathered
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
        let more = if open.iter().any(|group| group.kind == kind) {
            " more"
        } else {
            ""
        };
        let noun = if groups.len() == 1 {
            "document"
        } else {
            "documents"
        };
        let changes: usize = groups
            .iter()
            .flat_map(|group| &group.rows)
            .map(|row| row.count)
            .sum();
        let title = format!("{}{more} {noun} {}", groups.len(), kind.participle());
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

type Sender<'a> = (Option<&'a str>, Option<&'a str>);

fn sender(change: &Change) -> Sender<'_> {
    let (agent, address) = (change.user_agent.as_ref(), change.ip_address.as_ref());
    (
        agent.map(Stranger::as_given),
        address.map(Stranger::as_given),
    )
}

fn in_words((agent, address): &Sender<'_>) -> String {
    let agent = agent.filter(|agent| !agent.is_empty());
    let agent = agent.map_or("a program without a name".to_owned(), |agent| {
        brief(&agent.into(), 48)
    });
    match address {
        Some(address) => format!("{agent} from {}", brief(&(*address).into(), 45)),
        None => agent,
    }
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

/// What the rows of one section have in common.
struct View<'a> {
    has_days: bool,
    senders: Vec<Sender<'a>>,
    names_space: bool,
}

impl View<'_> {
    fn group(&self, changes: &[&Change]) -> Group {
        let first = changes[0];
        let space = first.space_id.as_ref().filter(|_| self.names_space);
        let id = first.document_ids.first().map(|id| brief(id, 40));
        let parts = space.map(|space| brief(space, 24)).into_iter().chain(id);
        let same = gathered(changes.iter().copied(), |change| {
            let (category, message) = (&change.category, &change.message);
            (category.as_given(), message.as_given(), sender(change))
        });
        let kinds = || changes.iter().map(|change| change.kind());
        let of_all = [Kind::Deleted, Kind::Created, Kind::Changed];
        let gravest = of_all
            .into_iter()
            .find(|kind| kinds().any(|other| other == *kind));
        Group {
            document: parts.collect::<Vec<_>>().join(" / "),
            rows: same.iter().map(|(_, changes)| self.row(changes)).collect(),
            kind: gravest.unwrap_or(Kind::Other),
        }
    }

    fn row(&self, changes: &[&Change]) -> Row {
        let (first, last) = (changes[0], changes[changes.len() - 1]);
        let kind = first.kind();
        Row {
            kind,
            what: match kind {
                Kind::Other => brief(&first.category, 20),
                _ => kind.word().to_owned(),
            },
            message: brief(&first.message, 120),
            count: changes.len(),
            time: self.time(first.occurred),
            until: Some(self.time(last.occurred))
                .filter(|until| *until != self.time(first.occurred)),
            link: first.link.clone(),
            sender: self.mark(sender(first)),
        }
    }

    fn time(&self, moment: Timestamp) -> String {
        let format = if self.has_days {
            "%m-%d %H:%M:%S"
        } else {
            "%H:%M:%S"
        };
        moment.strftime(format).to_string()
    }

    fn mark(&self, sender: Sender<'_>) -> Option<String> {
        if self.senders.len() < 2 {
            return None;
        }
        let place = self.senders.iter().position(|known| *known == sender)?;
        Some(if place < MOST_SENDERS {
            (place + 1).to_string()
        } else {
            "+".to_owned()
        })
    }
}
