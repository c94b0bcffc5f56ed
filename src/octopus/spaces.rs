//! In which spaces an account may look.

use std::collections::BTreeSet;

use serde::Deserialize;
use ureq::http::Method;

use super::exchange::Request;
use super::{Client, Result};
use crate::stranger::Stranger;

/// How many tasks to look at, the newest first.
const TASKS: &str = "100";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tasks {
    items: Vec<Task>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Task {
    /// Nothing for a task of the system's own.
    #[serde(default)]
    space_id: Option<String>,
}

/// The spaces that the newest tasks belong to.
#[derive(Debug)]
pub struct SpacesOfTasks {
    /// How many tasks were shown.
    pub tasks: usize,
    /// In order, each once.
    pub spaces: Vec<Stranger>,
}

impl Client {
    /// Of which spaces the server shows this account tasks. One without any is not told from one that
    /// the account may not look into.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn spaces_of_tasks(&self) -> Result<SpacesOfTasks> {
        let query = [
            ("skip", "0"),
            ("take", TASKS),
            ("spaces", "all"),
            ("includeSystem", "true"),
        ];
        let shown: Tasks = self.send(&Request {
            query: &query,
            ..Request::new(Method::GET, "/api/tasks")
        })?;
        let spaces = shown.items.iter().filter_map(|task| task.space_id.clone());
        Ok(SpacesOfTasks {
            tasks: shown.items.len(),
            spaces: spaces
                .collect::<BTreeSet<_>>()
                .into_iter()
                .map(Stranger::from)
                .collect(),
        })
    }
}
