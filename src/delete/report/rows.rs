//! The rows of a section: one for each thing done to a document, repeats as one.

use std::collections::HashMap;
use std::hash::Hash;

use jiff::Timestamp;

use super::brief::brief;
use super::facts::Change;
use super::kind::Kind;
use crate::stranger::Stranger;

/// How many programs a section names.
pub const MOST_SENDERS: usize = 3;

/// What was done to one document, the oldest first.
#[derive(Debug)]
pub struct Group {
    pub document: String,
    pub rows: Vec<Row>,
    /// The gravest that was done to it; a document that was made and then changed was made.
    pub kind: Kind,
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

/// What the rows of one section have in common.
pub struct View<'a> {
    pub has_days: bool,
    pub senders: Vec<Sender<'a>>,
    pub names_space: bool,
}

impl View<'_> {
    /// What was done to one document.
    pub fn group(&self, changes: &[&Change]) -> Group {
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

/// Puts together what has the same key, in the order of the first of each.
pub fn gathered<'a, K: Eq + Hash + Copy>(
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

/// A program, as it calls itself, and from where it sent.
pub type Sender<'a> = (Option<&'a str>, Option<&'a str>);

/// The program that sent a change.
pub fn sender(change: &Change) -> Sender<'_> {
    let (agent, address) = (change.user_agent.as_ref(), change.ip_address.as_ref());
    (
        agent.map(Stranger::as_given),
        address.map(Stranger::as_given),
    )
}

/// A program for people.
pub fn in_words((agent, address): &Sender<'_>) -> String {
    let agent = agent.filter(|agent| !agent.is_empty());
    let agent = agent.map_or("a program without a name".to_owned(), |agent| {
        brief(&agent.into(), 48)
    });
    match address {
        Some(address) => format!("{agent} from {}", brief(&(*address).into(), 45)),
        None => agent,
    }
}
