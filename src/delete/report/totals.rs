//! The changes of a run that made too many to list: how many, by space and kind of document.

use std::collections::BTreeMap;

use super::brief::brief;
use super::facts::Change;
use super::sum::Sum;
use crate::stranger::Stranger;

/// How many rows the page has at most.
const MOST_ROWS: usize = 100;

/// What was done to one kind of document in one space.
#[derive(Debug)]
pub struct Total {
    pub space: String,
    pub documents: String,
    pub sum: Sum,
}

/// The totals, those with deletions first.
pub fn totals(changes: &[Change]) -> Vec<Total> {
    let mut kinds: BTreeMap<_, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        let space = change.space_id.as_ref().map(Stranger::as_given);
        let id = change.document_ids.first().map(Stranger::as_given);
        kinds
            .entry((space, id.map(kind_of)))
            .or_default()
            .push(change);
    }
    let mut totals: Vec<Total> = kinds
        .into_iter()
        .map(|((space, documents), changes)| Total {
            space: space.map_or("no space".to_owned(), |space| brief(&space.into(), 40)),
            documents: documents.map_or("no document".to_owned(), |kind| brief(&kind.into(), 40)),
            sum: Sum::of(changes),
        })
        .collect();
    totals.sort_by_key(|total| std::cmp::Reverse((total.sum.deleted, total.sum.total())));
    totals.truncate(MOST_ROWS);
    totals
}

/// What ids such as `Environments-21` begin with.
fn kind_of(id: &str) -> &str {
    id.split_once('-').map_or(id, |(kind, _)| kind)
}
