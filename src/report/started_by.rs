//! Who started the run: the name in the purpose, and what the server says.

use jiff::{SignedDuration, Timestamp};
use octopus::{Client, Error, ErrorKind, Execution, ExecutionId, Id, Task, Untrusted};
use serde::Serialize;

use crate::environment::name;
use crate::run::RunId;

/// How far the clocks of a server's nodes may differ.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);
/// The account of schedules, triggers and webhooks.
const SYSTEM: &str = "system";
const SYSTEM_ID: &str = "users-system";

/// Who started the run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartedBy {
    /// The name in the purpose.
    pub name: Option<Untrusted>,
    /// What the server says (`DeployedBy`).
    pub username: Option<Untrusted>,
    pub user_id: Option<String>,
    /// Such as `RunbookRuns-7`.
    pub execution_id: Option<String>,
    pub verdict: Verdict,
    /// The permission that is missing, if the server does not say it.
    pub permission: Option<&'static str>,
}

/// What the server says of the name in the purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// The account of that username started the run.
    Same,
    /// Another account did, or the task did not run when the key was created.
    Different,
    /// A service account or the system did: the name is the runbook's own statement.
    ServiceAccountOrSystem,
    /// The server does not say it.
    NotReadable,
    /// The run ID names no task.
    NoTask,
}

/// What the purpose claims.
#[derive(Debug)]
pub struct Claim {
    pub name: Option<Untrusted>,
    pub run: Option<RunId>,
    pub key_created: Option<Timestamp>,
}

impl StartedBy {
    /// Asks the server who started the run.
    pub fn of(claim: Claim, client: &Client) -> Self {
        let mut found = Self {
            name: claim.name,
            username: None,
            user_id: None,
            execution_id: None,
            verdict: Verdict::NoTask,
            permission: None,
        };
        if let Some(id) = claim.run.and_then(|run| run.task()) {
            found.verdict = match found.look_up(&id, claim.key_created, client) {
                Ok(verdict) => verdict,
                Err(permission) => {
                    found.permission = permission;
                    Verdict::NotReadable
                }
            };
        }
        found
    }

    fn look_up(
        &mut self,
        task: &Id,
        key_created: Option<Timestamp>,
        client: &Client,
    ) -> Result<Verdict, Option<&'static str>> {
        let task = client
            .task(task)
            .map_err(|error| missing(&error, "TaskView"))?;
        let task = task.ok_or(None)?;
        let id = task.execution.as_ref().ok_or(None)?;
        let permission = match id {
            ExecutionId::RunbookRun(_) => "RunbookRunView",
            ExecutionId::Deployment(_) => "DeploymentView",
        };
        let space = task.space_id.as_ref().ok_or(None)?;
        self.execution_id = Some(id.id().to_string());
        let execution = client
            .execution(space, id)
            .map_err(|error| missing(&error, permission))?;
        let username = execution.deployed_by.as_ref().ok_or(None)?;
        let is_named = is_same(self.name.as_ref(), username);
        let is_service = || is_service(execution.deployed_by_id.as_ref(), client);
        let verdict = if !was_in_progress(&task, key_created) {
            Verdict::Different
        } else if is_system(&execution) {
            Verdict::ServiceAccountOrSystem
        } else if is_named || self.name.is_none() {
            // Without a key of the run, no name contradicts the server.
            Verdict::Same
        } else if is_service() {
            Verdict::ServiceAccountOrSystem
        } else {
            Verdict::Different
        };
        self.user_id = execution.deployed_by_id.as_ref().map(Id::to_string);
        self.username = execution.deployed_by;
        Ok(verdict)
    }

    /// One sentence, for the log and the page.
    pub fn sentence(&self) -> String {
        let unknown = Untrusted::default();
        let name = self.name.as_ref().unwrap_or(&unknown).shortened(100);
        let username = self.username.as_ref().unwrap_or(&unknown).shortened(100);
        // A run whose key was not found has no name.
        let unverified = match self.name {
            Some(_) => format!("The name \"{name}\" is not verified"),
            None => "The starter is not verified".to_owned(),
        };
        match (self.verdict, self.permission) {
            (Verdict::Same, _) => {
                format!("Octopus confirms that '{username}' started the run.")
            }
            (Verdict::Different, _)
                if is_same(
                    self.name.as_ref(),
                    self.username.as_ref().unwrap_or(&unknown),
                ) =>
            {
                format!(
                    "Different run: the task of '{username}' was not in progress when the key of \"{name}\" was created."
                )
            }
            (Verdict::Different, _) => format!(
                "Different starter: the purpose names \"{name}\", but Octopus says that '{username}' started the run."
            ),
            (Verdict::ServiceAccountOrSystem, _) => format!(
                "Octopus says that '{username}' (a service account or the system) started the run: the name \"{name}\" is the runbook's own statement."
            ),
            (Verdict::NotReadable, Some(permission)) => format!(
                "{unverified}: the credential's account cannot read who started the run ({permission} permission)."
            ),
            (Verdict::NotReadable, None) => {
                format!("{unverified}: Octopus did not say who started the run.")
            }
            (Verdict::NoTask, _) => {
                format!("{unverified}: the run ID names no task of Octopus.")
            }
        }
    }
}

/// The permission, if the error says that it is missing: Octopus hides what may not be read.
fn missing(error: &Error, permission: &'static str) -> Option<&'static str> {
    let is_missing = matches!(error.kind, ErrorKind::Forbidden | ErrorKind::NotFound);
    is_missing.then_some(permission)
}

/// Whether the username in the last parentheses of a name is this one; without parentheses, the
/// whole name. Purposes contain usernames in cleaned form.
fn is_same(name: Option<&Untrusted>, username: &Untrusted) -> bool {
    let name = name.map(Untrusted::raw).unwrap_or_default();
    let claimed = name
        .strip_suffix(')')
        .and_then(|name| name.rsplit_once('('));
    let claimed = name::clean_username(claimed.map_or(name, |(_, username)| username));
    let username = name::clean_username(username.raw());
    !username.is_empty() && claimed.eq_ignore_ascii_case(&username)
}

fn is_system(execution: &Execution) -> bool {
    let is =
        |text: Option<&str>, name: &str| text.is_some_and(|text| text.eq_ignore_ascii_case(name));
    is(execution.deployed_by.as_ref().map(Untrusted::raw), SYSTEM)
        || is(execution.deployed_by_id.as_ref().map(Id::as_str), SYSTEM_ID)
}

/// Whether an account is a service account, as far as the credential may know.
fn is_service(id: Option<&Id>, client: &Client) -> bool {
    let own = || client.me().ok().filter(|me| Some(&me.id) == id);
    let user = id.and_then(|id| client.user(id).ok()).or_else(own);
    user.is_some_and(|user| user.is_service == Some(true))
}

/// Whether the key can be of this task: a run ID may name the task of another person's run.
fn was_in_progress(task: &Task, key_created: Option<Timestamp>) -> bool {
    let Some(created) = key_created else {
        return true;
    };
    let is_after = |moment: Timestamp| created.duration_since(moment) >= -CLOCK_TOLERANCE;
    let is_before = |moment: Timestamp| moment.duration_since(created) >= -CLOCK_TOLERANCE;
    task.started.is_none_or(is_after) && task.completed.is_none_or(is_before)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn compares_usernames_in_the_last_parentheses() {
        for (name, username, same) in [
            ("Alice King (alice)", "alice", true),
            ("Alice King (Alice)", "ALICE", true),
            ("Alice (x) (al-ice-)", "al(ice)", true),
            ("alice", "alice", true),
            ("Alice King (bob)", "alice", false),
            ("Alice (alice) (bob)", "alice", false),
            ("Alice (alice) x", "alice", false),
            ("Alice King", "alice", false),
            ("()", "", false),
        ] {
            assert_eq!(
                is_same(Some(&name.into()), &username.into()),
                same,
                "{name}"
            );
        }
        assert!(!is_same(None, &"alice".into()));
    }

    #[test]
    fn key_of_another_time_is_not_of_the_task() {
        let task: Task = serde_json::from_value(json!({
            "Id": "ServerTasks-1",
            "StartTime": "2026-11-25T10:00:00Z",
            "CompletedTime": "2026-11-25T11:00:00Z",
        }))
        .unwrap();
        for (created, is_of_task) in [
            ("2026-11-25T10:30:00Z", true),
            ("2026-11-25T09:59:30Z", true),
            ("2026-11-25T11:00:59Z", true),
            ("2026-11-25T09:58:00Z", false),
            ("2026-11-25T11:02:00Z", false),
        ] {
            assert_eq!(
                was_in_progress(&task, created.parse().ok()),
                is_of_task,
                "{created}"
            );
        }
    }
}
