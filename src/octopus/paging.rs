//! Reads a list that comes in pages, from a server where others add and remove meanwhile.
//!
//! Pages are asked for by position, so an item that vanishes from a page already read moves the rest
//! up, and one of them would be skipped. Each page is therefore asked for a little before the last
//! one's end. Meeting an item of the part that is read without a gap proves that none was missed in
//! between; meeting none means that the list has moved, and the walk steps back.

use std::collections::HashSet;
use std::ops::ControlFlow;

use serde::Deserialize;

use super::error::{Error, Result};

/// How many items to ask for. Octopus documents no maximum; a server that gives fewer is followed.
pub const TAKE: usize = 1000;
/// How many pages in a row may bring nothing new, on a list that claims to have more.
const PATIENCE: usize = 5;

/// One page of a list, as Octopus writes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", bound = "T: Deserialize<'de>")]
pub struct Page<T> {
    items: Vec<T>,
    /// How many items there are on all pages.
    total_results: Option<usize>,
}

/// Shows `visit` every item once, in the server's order, until it breaks off or the list ends.
///
/// `fetch` gets the page that begins at a position; `id` tells items apart.
///
/// # Errors
/// What `fetch` fails with; what was visited before stays visited.
pub fn walk<T>(
    mut fetch: impl FnMut(usize) -> Result<Page<T>>,
    id: impl Fn(&T) -> &str,
    mut visit: impl FnMut(T) -> ControlFlow<()>,
) -> Result<()> {
    let mut seen: HashSet<String> = HashSet::new();
    // Those seen without a gap since the list's beginning.
    let mut joined: HashSet<String> = HashSet::new();
    let mut skip = 0;
    let mut step_back = TAKE;
    let mut pages_without_news = 0;
    loop {
        let page = fetch(skip)?;
        let length = page.items.len();
        // Pages of a single item cannot overlap, so there the list is taken to stand still.
        let joins =
            skip == 0 || step_back == 1 || page.items.iter().any(|item| joined.contains(id(item)));
        let joined_before = joined.len();
        for item in page.items {
            if joins {
                joined.insert(id(&item).to_owned());
            }
            if seen.insert(id(&item).to_owned()) && visit(item).is_break() {
                return Ok(());
            }
        }
        if !joins {
            skip = skip.min(page.total_results.unwrap_or(skip));
            skip = skip.saturating_sub(step_back);
            step_back *= 2;
            continue;
        }
        let has_news = joined.len() > joined_before;
        let is_last = page
            .total_results
            .map_or(!has_news, |total| skip + length >= total);
        if is_last {
            return Ok(());
        }
        pages_without_news = if has_news { 0 } else { pages_without_news + 1 };
        if pages_without_news > PATIENCE {
            return Err(Error::Unreadable {
                reason: "the pages of a list repeat themselves".into(),
            });
        }
        step_back = length.max(1);
        skip += length.saturating_sub(length / 10 + 1).max(1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Walks over `list`, in pages of at most `cap`, with `between` changing it after every page.
    fn walk_over(
        list: Vec<u32>,
        cap: usize,
        mut between: impl FnMut(&mut Vec<u32>),
    ) -> Result<Vec<String>> {
        let mut list = list;
        let mut visited = Vec::new();
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
        walk(
            fetch,
            |item| item.as_str(),
            |item| {
                visited.push(item);
                ControlFlow::Continue(())
            },
        )?;
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
        let result = walk(fetch, |item| item.as_str(), |_| ControlFlow::Continue(()));
        assert!(matches!(result, Err(Error::Unreadable { .. })));
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
