//! Asks how the tasks are doing that made the keys.

use std::collections::HashMap;

use crate::octopus::{Client, Error, Id, Task};

/// What came of asking.
#[derive(Debug, Default)]
pub struct Asking {
    /// How many tasks the server was asked for.
    pub asked: usize,
    /// How many of them it showed.
    pub shown: usize,
    /// What it said to the last one that it did not show.
    pub refusal: Option<Error>,
    /// Whether it refuses the list of tasks, and showed none otherwise either.
    pub is_hopeless: bool,
}

impl Asking {
    /// Puts into `tasks` those of these that the server shows: in one list, and what is absent from it
    /// singly.
    ///
    /// # Errors
    /// When the server cannot be asked. That it does not show a task is none.
    pub fn ask(
        &mut self,
        client: &Client,
        ids: &[Id],
        tasks: &mut HashMap<Id, Task>,
    ) -> Result<(), Error> {
        self.asked += ids.len();
        let listed = self.allow(client.tasks(ids))?;
        let is_list_refused = listed.is_none();
        let of_list = listed.into_iter().flatten();
        tasks.extend(of_list.map(|task| (task.id.clone(), task)));
        for id in ids {
            if tasks.contains_key(id) {
                continue;
            }
            if let Some(task) = self.allow(client.task(id))?.flatten() {
                tasks.insert(task.id.clone(), task);
            }
        }
        self.shown += ids.iter().filter(|id| tasks.contains_key(id)).count();
        self.is_hopeless = is_list_refused && self.shown == 0;
        Ok(())
    }

    /// Notes that Octopus itself shows nothing to this account; every other error stays one.
    fn allow<T>(&mut self, answer: Result<T, Error>) -> Result<Option<T>, Error> {
        match answer {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_hidden(&error) => {
                self.refusal = Some(error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether Octopus itself does not show this to the account, or not any more.
pub fn is_hidden(error: &Error) -> bool {
    error.is_dead_credential() || error.is_not_allowed() || error.is_unknown()
}
