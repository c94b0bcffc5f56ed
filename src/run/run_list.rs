//! The list of a run's keys.

use std::cell::RefCell;

use octopus::{Client, Id, KeyList};

use super::selector::Selector;

/// The list of the run's keys, narrowed by the server where that works.
#[derive(Debug)]
pub struct RunList {
    selector: Selector,
    owner: Id,
    /// Whether a narrowed list has shown a key of the run; unknown at first.
    is_narrowing: Option<bool>,
    /// How many items of the last list could not be read.
    pub unreadable: usize,
    /// One-command runs whose ID begins with this run's, in any list.
    pub one_command_runs: RefCell<Vec<String>>,
}

impl RunList {
    pub fn new(selector: Selector, owner: Id) -> Self {
        Self {
            selector,
            owner,
            is_narrowing: None,
            unreadable: 0,
            one_command_runs: RefCell::default(),
        }
    }

    /// The keys of the run, and the unreadable items that may be.
    ///
    /// An empty narrowed list decides only if that query showed a key of the run before: how servers
    /// compare a part of a purpose is not documented in full.
    pub fn read(&mut self, client: &Client) -> octopus::Result<KeyList> {
        if self.is_narrowing != Some(false) {
            let part = self.selector.partial_purpose().to_owned();
            let narrowed = self.list(client, Some(&part))?;
            if !narrowed.keys.is_empty() {
                self.is_narrowing = Some(true);
            }
            if self.is_narrowing == Some(true) || !narrowed.unreadable.is_empty() {
                return Ok(narrowed);
            }
        }
        let whole = self.list(client, None)?;
        if !whole.keys.is_empty() {
            self.is_narrowing = Some(false);
        }
        Ok(whole)
    }

    fn list(&mut self, client: &Client, part: Option<&str>) -> octopus::Result<KeyList> {
        let part = part.filter(|part| !part.is_empty());
        let mut list = client.list_keys(&self.owner, part, &|key| {
            if let Some(run) = self.selector.one_command_run(key) {
                let mut runs = self.one_command_runs.borrow_mut();
                if !runs.contains(&run) {
                    runs.push(run);
                }
            }
            self.selector.matches(key)
        })?;
        self.unreadable = list.unreadable.len();
        list.unreadable.retain(|item| self.selector.may_match(item));
        Ok(list)
    }
}
