//! The variables that Octopus itself sets for a runbook run.

use super::variables::Variables;

impl Variables {
    /// Those of a runbook run that Alice King started by hand, on the server at `server_uri`.
    pub fn of_run(server_uri: &str) -> Self {
        Self::default()
            .with("Octopus.Web.ServerUri", server_uri)
            .with("Octopus.Web.BaseUrl", server_uri)
            .with("Octopus.Task.Id", "ServerTasks-123")
            .with("Octopus.RunbookRun.Id", "RunbookRuns-45")
            .with("Octopus.Runbook.Name", "Rotate certificates")
            .with("Octopus.Environment.Name", "Production")
            .with("Octopus.Space.Id", "Spaces-1")
            .with("Octopus.Space.Name", "Default")
            .started_by("Users-2", "alice", "Alice King")
    }

    /// Makes it the run of another person.
    pub fn started_by(self, id: &str, username: &str, display_name: &str) -> Self {
        self.with("Octopus.Deployment.CreatedBy.Id", id)
            .with("Octopus.Deployment.CreatedBy.Username", username)
            .with("Octopus.Deployment.CreatedBy.DisplayName", display_name)
    }

    /// Makes it a run of the system's that names the trigger that started it, as deployments do.
    pub fn triggered_by(self, trigger: &str) -> Self {
        self.started_by("users-system", "system", "System")
            .with("Octopus.Deployment.Trigger.Name", trigger)
    }
}
