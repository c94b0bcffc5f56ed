//! Runbook runs and deployments: who started them, as the server knows it.

use serde::Deserialize;

use crate::error::Result;
use crate::lenient::{id, text};
use crate::wire::Request;
use crate::{Client, Id, Untrusted};

/// What a task carries out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ExecutionId {
    /// Such as `RunbookRuns-7`.
    RunbookRun(Id),
    /// Such as `Deployments-8`.
    Deployment(Id),
}

impl ExecutionId {
    /// Returns the kind of an ID by how it begins.
    #[must_use]
    pub fn of(id: &Id) -> Option<Self> {
        match id.as_str().split_once('-')?.0 {
            "RunbookRuns" => Some(Self::RunbookRun(id.clone())),
            "Deployments" => Some(Self::Deployment(id.clone())),
            _ => None,
        }
    }

    /// Returns the ID itself.
    #[must_use]
    pub fn id(&self) -> &Id {
        match self {
            Self::RunbookRun(id) | Self::Deployment(id) => id,
        }
    }

    fn path(&self, space: &Id) -> String {
        match self {
            Self::RunbookRun(id) => format!("/api/{space}/runbookRuns/{id}"),
            Self::Deployment(id) => format!("/api/{space}/deployments/{id}"),
        }
    }
}

/// A runbook run or a deployment. What is missing or cannot be read is absent.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Execution {
    /// The name of the account that started it.
    #[serde(default, deserialize_with = "text")]
    pub deployed_by: Option<Untrusted>,
    /// The ID of that account.
    #[serde(default, deserialize_with = "id")]
    pub deployed_by_id: Option<Id>,
    /// The task that carries it out.
    #[serde(default, deserialize_with = "id")]
    pub task_id: Option<Id>,
}

impl Client {
    /// Returns a runbook run or a deployment of a space. That needs `RunbookRunView` or
    /// `DeploymentView`.
    ///
    /// # Errors
    /// When there is no usable response.
    pub fn execution(&self, space: &Id, id: &ExecutionId) -> Result<Execution> {
        self.fetch(&Request::get(id.path(space)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn path_is_of_kind_and_space() {
        let space = Id::new("Spaces-1").unwrap();
        for (id, path) in [
            (
                "RunbookRuns-7",
                Some("/api/Spaces-1/runbookRuns/RunbookRuns-7"),
            ),
            (
                "Deployments-8",
                Some("/api/Spaces-1/deployments/Deployments-8"),
            ),
            ("Projects-9", None),
            ("Deployments", None),
        ] {
            let id = ExecutionId::of(&Id::new(id).unwrap());
            let found = id.map(|id| id.path(&space));
            assert_eq!(found.as_deref(), path);
        }
    }

    #[test]
    fn odd_members_are_absent() {
        let odd = json!({ "DeployedBy": "system", "DeployedById": 7, "TaskId": "a/b" });
        let execution: Execution = serde_json::from_value(odd).unwrap();
        assert_eq!(execution.deployed_by, Some("system".into()));
        assert!(execution.deployed_by_id.is_none() && execution.task_id.is_none());
    }
}
