//! Deployments and runbook runs that were started with the run key and are not finished.

use std::collections::HashMap;

use octopus::{Client, ExecutionId, Id, MAX_TASKS, Task, Untrusted};
use serde::Serialize;

use super::changes::Change;

/// How many deployments and runs are looked up for their tasks, one request each.
const MAX_LOOKUPS: usize = 20;
/// What revoking the run key means for them.
pub const CONSEQUENCE: &str =
    "A Deploy a Release step in them fails, because the API key of its parent is revoked.";

/// A deployment or runbook run in progress.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InProgress {
    pub task_id: String,
    pub state: Untrusted,
    pub space_id: Option<String>,
}

/// Finds what the changes started. What cannot be read is left out.
pub fn find(changes: &[Change], client: &Client) -> Vec<InProgress> {
    let mut tasks = Vec::new();
    let mut executions = HashMap::new();
    for change in changes.iter().rev().filter(|change| is_start(change)) {
        let ids = change
            .document_ids
            .iter()
            .filter_map(|id| Id::new(id.raw()));
        for id in ids {
            if id.as_str().starts_with("ServerTasks-") {
                tasks.push(id);
            } else if let Some(execution) = ExecutionId::of(&id) {
                let space = change
                    .space_id
                    .as_ref()
                    .and_then(|space| Id::new(space.raw()));
                executions.extend(space.map(|space| (execution, space)));
            }
        }
    }
    let found = executions.iter().take(MAX_LOOKUPS);
    tasks.extend(found.filter_map(|(id, space)| client.execution(space, id).ok()?.task_id));
    tasks.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    tasks.dedup();
    let pages = tasks
        .chunks(MAX_TASKS)
        .map_while(|ids| client.tasks(ids).ok());
    pages.flatten().filter_map(of).collect()
}

/// Whether a change may have started something.
fn is_start(change: &Change) -> bool {
    let category = change.category.raw();
    category == "Created" || category.ends_with("Queued")
}

fn of(task: Task) -> Option<InProgress> {
    Some(InProgress {
        task_id: task.id.to_string(),
        state: task.state.clone().filter(|_| task.outcome().is_none())?,
        space_id: task.space_id.map(|space| space.to_string()),
    })
}
