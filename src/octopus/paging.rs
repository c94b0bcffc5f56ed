//! Reads a list that comes in pages, from a server where others add and remove meanwhile.
//!
//! Pages are asked for by position, so an item that vanishes from a page already read moves the rest
//! up, and one of them would be skipped. Each page is therefore asked for a little before the last
//! one's end. Meeting an item of the part that is read without a gap proves that none was missed in
//! between; meeting none means that the list has moved, and the walk steps back.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::http::Method;

use super::Client;
use super::error::{Error, Result};
use super::exchange::Request;

/// How many items to ask for. Octopus documents no maximum; a server that gives fewer is followed.
pub(super) const TAKE: usize = 1000;
/// A page of so many items may be cut short by the server, whatever it says of the total: so many
/// it gives when nobody asks for more (Octopus's REST reference, `take`).
const USUAL_PAGE: usize = 30;
/// A list that is longer is no list of this world.
const MOST_ITEMS: usize = 1_000_000;
/// How many pages in a row may bring nothing new, on a list that claims to have more.
const MOST_REPEATS: usize = 5;

/// One page of a list, as Octopus writes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", bound = "T: Deserialize<'de>")]
struct Page<T> {
    items: Vec<T>,
    /// How many items there are on all pages; servers and what stands before them may be wrong.
    total_results: Option<usize>,
}

/// An item of a list.
pub trait Item: DeserializeOwned {
    /// What tells it from the others.
    fn id(&self) -> &str;
}

impl Client {
    /// Shows `visit` every item of a list, in the server's order, until it breaks off or the list
    /// ends. An item may be shown twice when the list moves meanwhile.
    ///
    /// # Errors
    /// As every call: see [`Error`]. What was visited before stays visited.
    pub(super) fn walk<T: Item>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        visit: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<()> {
        let fetch = |skip| self.fetch(path, query, skip, TAKE);
        walk(fetch, visit, || self.is_out_of_time())
    }

    /// The first items of a list, `take` at most.
    ///
    /// # Errors
    /// As every call: see [`Error`].
    pub(super) fn page<T: Item>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        take: usize,
    ) -> Result<Vec<T>> {
        Ok(self.fetch(path, query, 0, take)?.items)
    }

    fn fetch<T: Item>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        skip: usize,
        take: usize,
    ) -> Result<Page<T>> {
        let (skip, take) = (skip.to_string(), take.to_string());
        let page = [("skip", skip.as_str()), ("take", &take)];
        self.send(&Request {
            query: &[&page, query].concat(),
            ..Request::new(Method::GET, path)
        })
    }
}

/// Where a walk over a list is.
struct Walk {
    /// Of what was read without a gap since the list's beginning: the ids' hashes, since a million
    /// ids would be too much to keep.
    joined: HashSet<u64>,
    hasher: RandomState,
    skip: usize,
    /// How far to go back when the list has moved.
    step_back: usize,
    /// How many pages in a row brought nothing new.
    repeats: usize,
    items: usize,
}

/// What a page means for the walk.
enum Next {
    Page,
    End,
}

fn walk<T: Item>(
    mut fetch: impl FnMut(usize) -> Result<Page<T>>,
    mut visit: impl FnMut(T) -> ControlFlow<()>,
    is_out_of_time: impl Fn() -> bool,
) -> Result<()> {
    let mut walk = Walk {
        joined: HashSet::new(),
        hasher: RandomState::new(),
        skip: 0,
        step_back: TAKE,
        repeats: 0,
        items: 0,
    };
    let mut is_first = true;
    loop {
        if !is_first && is_out_of_time() {
            return Err(Error::Endless { items: walk.items });
        }
        is_first = false;
        let page = fetch(walk.skip)?;
        let next = walk.take_in(&page)?;
        for item in page.items {
            if visit(item).is_break() {
                return Ok(());
            }
        }
        if matches!(next, Next::End) {
            return Ok(());
        }
    }
}

impl Walk {
    fn take_in<T: Item>(&mut self, page: &Page<T>) -> Result<Next> {
        let length = page.items.len();
        self.items += length;
        if self.items > MOST_ITEMS {
            return Err(Error::Endless { items: self.items });
        }
        let hashes: Vec<u64> = page
            .items
            .iter()
            .map(|item| self.hasher.hash_one(item.id()))
            .collect();
        // What follows a page of a single item cannot overlap it, so there the list is taken to stand
        // still.
        let overlaps = self.skip > 0 && self.step_back > 1;
        if overlaps && !hashes.iter().any(|hash| self.joined.contains(hash)) {
            self.skip = self.skip.saturating_sub(self.step_back);
            self.step_back *= 2;
            return Ok(Next::Page);
        }
        let known = self.joined.len();
        self.joined.extend(hashes);
        let has_news = self.joined.len() > known;
        let total = page.total_results;
        let is_said_to_end = total.is_some_and(|total| self.skip + length >= total);
        if length == 0 && self.skip == 0 && total.is_some_and(|total| total > 0) {
            return Err(Error::Unreadable {
                reason: "a list that has items, and shows none".into(),
                id: None,
            });
        }
        if length == 0 || length < USUAL_PAGE && is_said_to_end {
            return Ok(Next::End);
        }
        self.repeats = if has_news { 0 } else { self.repeats + 1 };
        if self.repeats > MOST_REPEATS {
            return Err(Error::Endless { items: self.items });
        }
        self.step_back = length.max(1);
        // Where nothing is left but to see the end, one item is overlap enough.
        let overlap = if is_said_to_end { 1 } else { length / 10 + 1 };
        self.skip += length.saturating_sub(overlap).max(1);
        Ok(Next::Page)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    impl Item for String {
        fn id(&self) -> &str {
            self
        }
    }

    /// Walks over `list`, in pages of at most `cap`, with `between` changing it after every page.
    /// What is met again does not count.
    fn walk_over(
        mut list: Vec<u32>,
        cap: usize,
        mut between: impl FnMut(&mut Vec<u32>),
    ) -> Result<Vec<String>> {
        let mut visited = Vec::new();
        let mut seen = HashSet::new();
        let fetch = |skip: usize| {
            let items: Vec<String> = list
                .iter()
                .skip(skip)
                .take(cap.min(TAKE))
                .map(ToString::to_string)
                .collect();
            let page = Page {
                items,
                total_results: Some(list.len()),
            };
            between(&mut list);
            Ok(page)
        };
        let visit = |item: String| {
            if seen.insert(item.clone()) {
                visited.push(item);
            }
            ControlFlow::Continue(())
        };
        walk(fetch, visit, || false)?;
        Ok(visited)
    }

    fn newest_first(count: u32) -> Vec<u32> {
        (0..count).rev().collect()
    }

    #[test]
    fn every_item_is_visited_once_and_in_order() {
        for (count, cap) in [
            (0, 30),
            (1, 30),
            (30, 30),
            (31, 30),
            (3000, 1000),
            (7, 1),
            (100, 2),
        ] {
            let visited = walk_over(newest_first(count), cap, |_| {}).unwrap();
            let expected: Vec<String> = newest_first(count)
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(visited, expected, "{count} in pages of {cap}");
        }
    }

    #[test]
    fn items_that_vanish_meanwhile_hide_no_other() {
        for vanish_at_once in [1, 3, 29, 45] {
            let survivors: HashSet<u32> = (0..200).collect();
            let visited = walk_over(newest_first(1000), 30, |list| {
                let doomed = list
                    .iter()
                    .take_while(|item| !survivors.contains(item))
                    .count()
                    .min(vanish_at_once);
                list.drain(..doomed);
            });
            let visited: HashSet<u32> = visited
                .unwrap()
                .iter()
                .map(|item| item.parse().unwrap())
                .collect();
            assert!(survivors.is_subset(&visited), "{vanish_at_once} at a time");
        }
    }

    #[test]
    fn items_that_appear_meanwhile_do_no_harm() {
        let mut next = 1000;
        let visited = walk_over(newest_first(1000), 30, |list| {
            list.insert(0, next);
            next += 1;
        });
        assert_eq!(visited.unwrap().len(), 1000);
    }

    #[test]
    fn a_server_that_repeats_its_first_page_for_ever_is_left() {
        let fetch = |_| {
            Ok(Page {
                items: vec!["1".to_owned(), "2".to_owned()],
                total_results: Some(1000),
            })
        };
        let result = walk(fetch, |_: String| ControlFlow::Continue(()), || false);
        assert!(matches!(result, Err(Error::Endless { .. })));
    }

    proptest! {
        /// Others remove and add keys while the list is read; those that stay are all found, once.
        #[test]
        fn no_item_that_stays_is_missed_or_met_twice(
            count in 0..300_u32,
            cap in 2..50_usize,
            changes in prop::collection::vec((0..3_u32, 0..12_usize), 0..40),
        ) {
            let (mut next, mut gone) = (count, HashSet::new());
            let mut changes = changes.into_iter();
            let visited = walk_over(newest_first(count), cap, |list| match changes.next() {
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
            // A list that grows faster than it is read is given up, and not silently.
            let Ok(visited) = visited else { return Ok(()) };
            let visited: Vec<u32> = visited.iter().map(|item| item.parse().unwrap()).collect();
            let unique: HashSet<u32> = visited.iter().copied().collect();
            prop_assert_eq!(unique.len(), visited.len());
            prop_assert!((0..count).all(|item| gone.contains(&item) || unique.contains(&item)));
        }
    }
}
