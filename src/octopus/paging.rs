//! Reads a list that comes in pages, from a server where others add and remove items meanwhile.
//!
//! Pages are asked for by position, so an item that vanishes from a page already read moves the rest
//! up, and one of them would be missed. Each page therefore overlaps the one before by its last item;
//! where that item is missing, the list has moved, and the pass starts again.

use std::cell::Cell;
use std::collections::HashSet;
use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::wire::Request;

/// How many items to ask for. Octopus documents no maximum; a server that gives fewer is followed.
const TAKE: usize = 1000;
/// How many to ask for once a page was too large or too slow, or failed otherwise.
const TAKE_FEWER: usize = 100;
/// A shorter first page is the whole list, unless the server counts more items: no server cuts pages to
/// fewer items than it gives by default (Octopus's REST reference, `take`).
const MIN_CUT: usize = 30;
/// Longer lists are an error.
const MAX_ITEMS: usize = 100_000;
/// How often a pass over a list that moves is started.
const MAX_PASSES: u32 = 20;

/// An item of a list that could not be read.
#[derive(Debug, Clone)]
pub struct Unreadable(String);

impl Unreadable {
    /// Returns whether the item contains this text, after the escapes of JSON are decoded.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        self.0.contains(text) || decoded(&self.0).contains(text)
    }
}

/// JSON's text with its escapes decoded, and half of a surrogate pair left out.
fn decoded(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let mut chars = escape.chars();
        let kind = chars.next();
        let code = escape.get(1..5).filter(|_| kind == Some('u'));
        rest = if let Some(code) = code {
            let code = u32::from_str_radix(code, 16).ok();
            text.extend(code.and_then(char::from_u32));
            &escape[5..]
        } else {
            text.extend(kind);
            chars.as_str()
        };
    }
    text.push_str(rest);
    text
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    items: Vec<Box<RawValue>>,
    /// Only a hint that more items follow: what it says may be wrong.
    #[serde(default)]
    total_results: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WithId {
    id: String,
}

impl Client {
    /// Reads a list, in the server's order, until `visit` breaks off or the list ends; gives the items
    /// that could not be read. When the list moves meanwhile, items may be visited again.
    pub(crate) fn walk<T: DeserializeOwned>(
        &self,
        list: &Request,
        visit: &mut dyn FnMut(T) -> ControlFlow<()>,
    ) -> Result<Vec<Unreadable>> {
        let take = Cell::new(TAKE);
        let fetch = &mut |skip: usize| {
            let is_repeated = Cell::new(false);
            let build = || {
                if is_repeated.replace(true) {
                    take.set(TAKE_FEWER);
                }
                let page = list.clone().query("skip", &skip.to_string());
                page.query("take", &take.get().to_string())
            };
            let page = match self.send(&build) {
                Err(error) if error.kind == ErrorKind::TooLarge => self.send(&build),
                result => result,
            };
            page?.json()
        };
        walk(fetch, visit)
    }
}

fn walk<T: DeserializeOwned>(
    fetch: &mut dyn FnMut(usize) -> Result<Page>,
    visit: &mut dyn FnMut(T) -> ControlFlow<()>,
) -> Result<Vec<Unreadable>> {
    for _ in 0..MAX_PASSES {
        if let Some(unreadable) = pass(fetch, visit)? {
            return Ok(unreadable);
        }
    }
    let cause = "the list kept changing while it was read";
    Err(Error::new(ErrorKind::EndlessList, cause))
}

/// One pass over a list; nothing if the list has moved.
fn pass<T: DeserializeOwned>(
    fetch: &mut dyn FnMut(usize) -> Result<Page>,
    visit: &mut dyn FnMut(T) -> ControlFlow<()>,
) -> Result<Option<Vec<Unreadable>>> {
    let (mut seen, mut unreadable) = (HashSet::new(), Vec::new());
    let (mut skip, mut last, mut longest) = (0, None, 0);
    while seen.len() <= MAX_ITEMS {
        let page = fetch(skip)?;
        let keys: Vec<String> = page.items.iter().map(|item| key(item)).collect();
        if last.is_some_and(|last| !keys.contains(&last)) {
            return Ok(None);
        }
        let known = seen.len();
        for (item, key) in page.items.iter().zip(&keys) {
            if !seen.insert(key.clone()) {
                continue;
            }
            let Ok(item) = serde_json::from_str(item.get()) else {
                unreadable.push(Unreadable(item.get().to_owned()));
                continue;
            };
            if visit(item).is_break() {
                return Ok(Some(unreadable));
            }
        }
        let count = keys.len();
        let has_more = count > 0 && page.total_results.as_u64() > Some(count as u64);
        if skip == 0 && count < MIN_CUT && !has_more {
            return Ok(Some(unreadable));
        }
        longest = longest.max(count);
        if seen.len() == known {
            // Behind the end is the item that overlaps. A whole page without a new one is the same page
            // again, from a server that ignores `skip`.
            let is_end = count == 0 || count < longest.min(MIN_CUT);
            return Ok(is_end.then_some(unreadable));
        }
        // A page of a single item cannot overlap the next one.
        let overlap = usize::from(count > 1);
        last = keys.into_iter().next_back().filter(|_| overlap > 0);
        skip += count - overlap;
    }
    let cause = format!("the list did not end after {MAX_ITEMS} items");
    Err(Error::new(ErrorKind::EndlessList, cause))
}

/// What tells an item from the others: its ID, else all of it.
fn key(item: &RawValue) -> String {
    let id = serde_json::from_str::<WithId>(item.get()).map(|item| item.id);
    id.unwrap_or_else(|_| item.get().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Item {
        id: String,
    }

    fn raw(id: u32) -> Box<RawValue> {
        RawValue::from_string(format!(r#"{{"Id":"{id}"}}"#)).unwrap()
    }

    /// Walks over `list` in pages of at most `cap` items, with `between` changing it after each page.
    fn visited(
        mut list: Vec<u32>,
        cap: usize,
        mut between: impl FnMut(&mut Vec<u32>),
    ) -> Result<Vec<u32>> {
        let mut visited = Vec::new();
        let mut fetch = |skip| {
            let items = list.iter().skip(skip).take(cap).map(|id| raw(*id));
            let page = Page {
                items: items.collect(),
                total_results: list.len().into(),
            };
            between(&mut list);
            Ok(page)
        };
        walk(&mut fetch, &mut |item: Item| {
            let id = item.id.parse().unwrap();
            if !visited.contains(&id) {
                visited.push(id);
            }
            ControlFlow::Continue(())
        })?;
        Ok(visited)
    }

    #[test]
    fn visits_every_item_in_order() {
        for (count, cap) in [
            (0, 30),
            (1, 30),
            (29, 30),
            (30, 30),
            (31, 30),
            (3000, 1000),
            (25, 10),
            (3, 1),
        ] {
            let list: Vec<u32> = (0..count).rev().collect();
            let expected = list.clone();
            assert_eq!(
                visited(list, cap, |_| {}).unwrap(),
                expected,
                "{count} by {cap}"
            );
        }
    }

    #[test]
    fn gives_up_a_list_that_always_moves() {
        let mut next = 1000;
        let result = visited((0..100).collect(), 30, |list| {
            list.clear();
            list.extend(next..next + 100);
            next += 100;
        });
        assert_eq!(result.unwrap_err().kind, ErrorKind::EndlessList);
    }

    #[test]
    fn an_unreadable_item_hides_no_other() {
        let odd = r#"{"Id":7,"Purpose":"\u005Cud800 [runkey R]"}"#;
        let items = [
            raw(1),
            RawValue::from_string(odd.to_owned()).unwrap(),
            raw(2),
        ];
        let mut visited = Vec::new();
        let mut fetch = |_| {
            let (items, total_results) = (items.to_vec(), Value::Null);
            Ok(Page {
                items,
                total_results,
            })
        };
        let unreadable = walk(&mut fetch, &mut |item: Item| {
            visited.push(item.id);
            ControlFlow::Continue(())
        });
        let unreadable = unreadable.unwrap();
        assert_eq!(visited, ["1", "2"]);
        assert_eq!(unreadable.len(), 1);
        assert!(unreadable[0].contains(" [runkey R]"));
    }

    #[test]
    fn decodes_the_escapes_of_an_unreadable_item() {
        for text in [
            r"x [runkey R]",
            r"x \u005brunkey R\u005d",
            r"\u005B \u005Brunkey\u0020R]",
        ] {
            assert!(
                Unreadable(text.to_owned()).contains(" [runkey R]"),
                "{text}"
            );
        }
        assert!(!Unreadable("x [runkey R2]".to_owned()).contains(" [runkey R]"));
    }

    proptest! {
        /// Others add and remove items while the list is read: those that stay are all visited.
        #[test]
        fn misses_no_item_that_stays(
            count in 0..300_u32,
            cap in 2..60_usize,
            changes in prop::collection::vec((0..3_u32, 0..12_usize), 0..40),
        ) {
            let (mut next, mut gone) = (count, HashSet::new());
            let mut changes = changes.into_iter();
            let visited = visited((0..count).rev().collect(), cap, |list| match changes.next() {
                Some((0, added)) => for _ in 0..added {
                    list.insert(0, next);
                    next += 1;
                },
                Some((_, removed)) => {
                    let removed = list.len().min(removed);
                    gone.extend(list.drain(..removed));
                }
                None => {}
            });
            let Ok(visited) = visited else { return Ok(()) };
            let visited: HashSet<u32> = visited.into_iter().collect();
            prop_assert!((0..count).all(|item| gone.contains(&item) || visited.contains(&item)));
        }
    }
}
