//! Tasks: how the runs of runbooks are doing.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ureq::http::Method;

use super::api_keys::moment;
use super::exchange::Request;
use super::paging::Item;
use super::{Client, Id, Result};
use crate::stranger::Stranger;

/// How many tasks are asked for at once: their ids stand in the query.
pub const TASKS_AT_ONCE: usize = 50;
/// A task belongs to a space, and without these the default space is meant
/// (OctopusDeploy/OctopusClients, `MixedScopeBaseRepository`).
const EVERYWHERE: [(&str, &str); 2] = [("spaces", "all"), ("includeSystem", "true")];

/// How a task is doing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Task {
    pub id: Id,
    #[serde(default)]
    state: Option<Stranger>,
    #[serde(default, rename = "StartTime", deserialize_with = "moment")]
    pub started: Option<Timestamp>,
    #[serde(default, rename = "CompletedTime", deserialize_with = "moment")]
    pub completed: Option<Timestamp>,
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Ending {
    Success,
    Failed,
    Canceled,
    TimedOut,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Success => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "was cancelled",
            Self::TimedOut => "ran out of its time",
        })
    }
}

impl Task {
    /// How it ended. Every state but the four that are known as an end counts as alive.
    pub fn ending(&self) -> Option<Ending> {
        match self.state.as_ref()?.as_given() {
            "Success" => Some(Ending::Success),
            "Failed" => Some(Ending::Failed),
            "Canceled" => Some(Ending::Canceled),
            "TimedOut" => Some(Ending::TimedOut),
            _ => None,
        }
    }
}

impl Item for Task {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl Client {
    /// Those of these tasks, [`TASKS_AT_ONCE`] at most, that the server gives in one answer. One that
    /// is absent may be there all the same, for a server that does not know the parameter `ids`.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn tasks(&self, ids: &[Id]) -> Result<Vec<Task>> {
        let list = ids.iter().map(Id::as_str).collect::<Vec<_>>().join(",");
        let query = [&[("ids", list.as_str())], EVERYWHERE.as_slice()].concat();
        let mut tasks: Vec<Task> = self.page("/api/tasks", &query, TASKS_AT_ONCE)?;
        tasks.retain(|task| ids.contains(&task.id));
        Ok(tasks)
    }

    /// One task; nothing if the server answers with another.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn task(&self, id: &Id) -> Result<Option<Task>> {
        let task: Task = self.send(&Request {
            query: &EVERYWHERE,
            ..Request::new(Method::GET, &format!("/api/tasks/{id}"))
        })?;
        Ok(Some(task).filter(|task| task.id == *id))
    }
}
