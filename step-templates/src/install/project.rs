//! The project whose runbooks get a credential.

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use super::kind::{PROJECT, RUNBOOK};
use super::server::refusal;
use super::space::{Space, field};

/// A project, and those of its runbooks that this is about.
pub struct Project {
    pub document: Value,
    pub runbooks: Vec<Value>,
}

impl Project {
    /// Finds a project; one whose runbooks or variables are in Git is refused, before anything is done
    /// (go-octopusdeploy, `git_persistence_settings.go`).
    pub fn find(space: &Space, name: &str, stores_secret: bool) -> Result<Self> {
        let document = space.choose(&PROJECT, &space.path("projects"), name)?;
        let in_git = &document["PersistenceSettings"]["ConversionState"];
        if in_git["RunbooksAreInGit"] == true {
            return Err(refusal(
                format!("The runbooks of the project '{name}' are in Git."),
                "Choose a project whose runbooks are in Octopus.",
            ));
        }
        // Sensitive variables stay in Octopus.
        if in_git["VariablesAreInGit"] == true && !stores_secret {
            return Err(refusal(
                format!("The variables of the project '{name}' are in Git."),
                "Choose another project, or --api-key-variable: sensitive variables stay in Octopus.",
            ));
        }
        let runbooks = Vec::new();
        Ok(Self { document, runbooks })
    }

    /// Adds a runbook that is there.
    pub fn add_runbook(&mut self, space: &Space, name: &str) -> Result<()> {
        let path = self.runbooks_path(space)?;
        self.runbooks.push(space.choose(&RUNBOOK, &path, name)?);
        Ok(())
    }

    /// Adds a runbook, which is created if it is not there (go-octopusdeploy, `runbooks`;
    /// OctopusDeploy-Api, `CreateRunbook.ps1`).
    pub fn create_runbook(&mut self, space: &Space, name: &str, about: &str) -> Result<()> {
        let runbook = json!({
            "Name": name, "Description": about,
            "ProjectId": self.document["Id"], "SpaceId": space.document["Id"],
            "MultiTenancyMode": "Untenanted", "EnvironmentScope": "All", "Environments": [],
            "DefaultGuidedFailureMode": "EnvironmentDefault", "ForcePackageDownload": false,
            "ConnectivityPolicy": {
                "AllowDeploymentsToNoTargets": true, "ExcludeUnhealthyTargets": false,
                "SkipMachineBehavior": "None", "TargetRoles": [],
            },
            "RunRetentionPolicy": {
                "Strategy": "Default", "QuantityToKeep": 100,
                "ShouldKeepForever": false, "Unit": "Items",
            },
        });
        let (list, path) = (self.runbooks_path(space)?, space.path("runbooks"));
        let find = || space.named(&list, name);
        let runbook = space.ensure(&RUNBOOK, name, &path, &runbook, &find)?;
        self.runbooks.push(runbook);
        Ok(())
    }

    /// Returns the path of the list of the project's runbooks.
    pub fn runbooks_path(&self, space: &Space) -> Result<String> {
        let id = field(&self.document, "Id")?;
        Ok(space.path(&format!("projects/{id}/runbooks")))
    }
}
