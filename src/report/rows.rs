//! The changes as the page lists them: deletions first, equal ones as one row.

use std::collections::HashMap;

use jiff::Timestamp;
use octopus::Untrusted;

use super::changes::{Change, Kind, Sum};

/// How many rows the page shows before anything is unfolded.
const MAX_OPEN: usize = 40;
/// The longest message and the longest ID on the page, in characters.
const MAX_MESSAGE: usize = 160;
const MAX_ID: usize = 40;

/// The changes of one kind.
#[derive(Debug)]
pub struct Section {
    pub kind: Kind,
    pub count: usize,
    pub open: Vec<Row>,
    pub folded: Vec<Row>,
}

/// A change, or several that differ only in time.
#[derive(Debug)]
pub struct Row {
    pub what: String,
    pub message: String,
    pub place: String,
    pub count: usize,
    pub time: String,
}

/// The sections, deletions first.
pub fn sections(changes: &[Change]) -> Vec<Section> {
    let sum = Sum::of(changes);
    let mut room = MAX_OPEN;
    let mut sections = Vec::new();
    for kind in sum.kinds() {
        let mut open = rows(changes.iter().filter(|change| change.kind() == kind));
        let folded = open.split_off(room.min(open.len()));
        room -= open.len();
        sections.push(Section {
            kind,
            count: sum.count(kind),
            open,
            folded,
        });
    }
    sections
}

fn rows<'a>(changes: impl Iterator<Item = &'a Change>) -> Vec<Row> {
    let mut places: HashMap<_, usize> = HashMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for change in changes {
        let text = |text: Option<&'a Untrusted>| text.map(Untrusted::raw);
        let same = (
            change.category.raw(),
            change.message.raw(),
            text(change.space_id.as_ref()),
            text(change.document_ids.first()),
        );
        let place = *places.entry(same).or_insert(rows.len());
        match rows.get_mut(place) {
            Some(row) => row.count += 1,
            None => rows.push(row(change)),
        }
    }
    rows
}

fn row(change: &Change) -> Row {
    let ids = change.space_id.iter().chain(change.document_ids.first());
    let ids: Vec<String> = ids.map(|id| id.shortened(MAX_ID)).collect();
    Row {
        what: change.category.shortened(MAX_ID),
        message: change.message.shortened(MAX_MESSAGE),
        place: ids.join(" / "),
        count: 1,
        time: change.occurred.as_ref().map(clock).unwrap_or_default(),
    }
}

/// A moment for people, in UTC.
pub fn clock(moment: &Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
