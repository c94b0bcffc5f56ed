//! Tasks: what Octopus runs, and how it ended.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::error::Result;
use crate::lenient::{id, moment, text};
use crate::wire::Request;
use crate::{Client, ExecutionId, Id, Untrusted};

/// How many tasks one request asks for: their IDs are in the query.
pub const MAX_TASKS: usize = 50;

/// A task. What is missing or cannot be read is absent.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Task {
    /// Such as `ServerTasks-123`.
    pub id: Id,
    /// The space that the task belongs to.
    #[serde(default, deserialize_with = "id")]
    pub space_id: Option<Id>,
    /// Such as `Executing` or `Success`: see [`Task::outcome`].
    #[serde(default, deserialize_with = "text")]
    pub state: Option<Untrusted>,
    /// When it was started.
    #[serde(default, rename = "StartTime", deserialize_with = "moment")]
    pub started: Option<Timestamp>,
    /// When it was finished.
    #[serde(default, rename = "CompletedTime", deserialize_with = "moment")]
    pub completed: Option<Timestamp>,
    /// The runbook run or deployment that the task carries out, if it is one.
    #[serde(default, rename = "Arguments", deserialize_with = "execution")]
    pub execution: Option<ExecutionId>,
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// It succeeded.
    Success,
    /// It failed.
    Failed,
    /// It was canceled.
    Canceled,
    /// It timed out.
    TimedOut,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Success => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "was canceled",
            Self::TimedOut => "timed out",
        })
    }
}

impl Task {
    /// Returns how the task ended, if it is finished. Every state but the four that are known as an
    /// end counts as in progress.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        match self.state.as_ref()?.raw() {
            "Success" => Some(Outcome::Success),
            "Failed" => Some(Outcome::Failed),
            "Canceled" => Some(Outcome::Canceled),
            "TimedOut" => Some(Outcome::TimedOut),
            _ => None,
        }
    }

    /// Returns whether the task is in one of the states that are known to be before its end
    /// (OctopusDeploy/OctopusClients, `TaskState`; `Pending` as the official CLI has it).
    #[must_use]
    pub fn is_in_progress(&self) -> bool {
        let state = self.state.as_ref().map(Untrusted::raw);
        matches!(
            state,
            Some("Pending" | "Queued" | "Executing" | "Cancelling")
        )
    }
}

/// A response with tasks, one of which may be unreadable.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    items: Vec<Value>,
}

impl Client {
    /// Returns those of these tasks, at most [`MAX_TASKS`], that the server gives in one response. An
    /// absent one may still exist: a server may not know the parameter `ids`.
    ///
    /// # Errors
    /// When there is no usable response.
    pub fn tasks(&self, ids: &[Id]) -> Result<Vec<Task>> {
        let list = ids.iter().map(Id::as_str).collect::<Vec<_>>().join(",");
        let request = Request::get("/api/tasks")
            .query("ids", &list)
            .query("take", &MAX_TASKS.to_string());
        let page: Page = self.fetch(&everywhere(request))?;
        Ok(readable(page.items, ids))
    }

    /// Returns the newest tasks that the account may read, at most `count`.
    ///
    /// # Errors
    /// When there is no usable response.
    pub fn newest_tasks(&self, count: usize) -> Result<Vec<Task>> {
        let request = Request::get("/api/tasks").query("take", &count.to_string());
        let page: Page = self.fetch(&everywhere(request))?;
        let tasks = page.items.into_iter();
        Ok(tasks
            .filter_map(|item| serde_json::from_value(item).ok())
            .collect())
    }

    /// Returns one task, unless the server responds with another.
    ///
    /// # Errors
    /// When there is no usable response.
    pub fn task(&self, id: &Id) -> Result<Option<Task>> {
        let request = Request::get(format!("/api/tasks/{id}"));
        let task: Task = self.fetch(&everywhere(request))?;
        Ok(Some(task).filter(|task| task.id == *id))
    }
}

/// A task belongs to a space, and without these the default space is meant
/// (OctopusDeploy/OctopusClients, `MixedScopeBaseRepository`).
fn everywhere(request: Request) -> Request {
    request
        .query("spaces", "all")
        .query("includeSystem", "true")
}

fn readable(items: Vec<Value>, ids: &[Id]) -> Vec<Task> {
    let tasks = items
        .into_iter()
        .filter_map(|item| serde_json::from_value(item).ok());
    tasks.filter(|task: &Task| ids.contains(&task.id)).collect()
}

/// Reads what a task carries out from its arguments.
fn execution<'de, D: Deserializer<'de>>(
    from: D,
) -> std::result::Result<Option<ExecutionId>, D::Error> {
    let arguments = Value::deserialize(from)?;
    let argument = |name: &str| {
        arguments
            .get(name)
            .and_then(Value::as_str)
            .and_then(Id::new)
    };
    let run = argument("RunbookRunId").map(ExecutionId::RunbookRun);
    Ok(run.or_else(|| argument("DeploymentId").map(ExecutionId::Deployment)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn task(members: &Value) -> Task {
        let mut task = json!({ "Id": "ServerTasks-1" });
        let members = members.as_object().unwrap().clone();
        task.as_object_mut().unwrap().extend(members);
        serde_json::from_value(task).unwrap()
    }

    #[test]
    fn arguments_name_run_or_deployment() {
        let run = ExecutionId::RunbookRun(Id::new("RunbookRuns-7").unwrap());
        let deployment = ExecutionId::Deployment(Id::new("Deployments-8").unwrap());
        for (arguments, expected) in [
            (json!({ "RunbookRunId": "RunbookRuns-7" }), Some(run)),
            (
                json!({ "DeploymentId": "Deployments-8", "X": 1 }),
                Some(deployment),
            ),
            (json!({ "DeploymentId": "../x" }), None),
            (json!(["RunbookRunId"]), None),
            (json!(null), None),
        ] {
            let task = task(&json!({ "Arguments": arguments, "StartTime": "soon" }));
            assert_eq!(task.execution, expected, "{arguments}");
            assert_eq!(task.started, None);
        }
    }

    #[test]
    fn unreadable_task_hides_no_other() {
        let ids = ["ServerTasks-1", "ServerTasks-2"].map(|id| Id::new(id).unwrap());
        let items = ["ServerTasks-1", "..", "ServerTasks-3", "ServerTasks-2"];
        let items = items.map(|id| json!({ "Id": id })).to_vec();
        let found = readable(items, &ids);
        let found: Vec<_> = found.iter().map(|task| task.id.as_str()).collect();
        assert_eq!(found, ["ServerTasks-1", "ServerTasks-2"]);
    }
}
