//! The project whose runbooks get a credential.

use color_eyre::eyre::{Result, ensure};
use serde_json::{Value, json};

use super::kind::{PROJECT, RUNBOOK};
use super::space::{Space, id};

/// A project, and those of its runbooks that this is about.
pub struct Project {
    pub document: Value,
    pub runbooks: Vec<Runbook>,
}

/// A runbook; a dry run has none of those that would be created.
pub struct Runbook {
    pub name: String,
    pub document: Option<Value>,
}

impl Project {
    /// Finds a project; one whose runbooks or variables are in Git is refused, before anything is done
    /// (go-octopusdeploy, `git_persistence_settings.go`).
    pub fn find(space: &Space, name: &str, stores_secret: bool) -> Result<Self> {
        let document = space.find_known(&PROJECT, "space", &space.path("projects"), name)?;
        let in_git = &document["PersistenceSettings"]["ConversionState"];
        ensure!(
            in_git["RunbooksAreInGit"] != true,
            "The runbooks of the project '{name}' are in Git, where install changes nothing. Choose a project whose runbooks are in Octopus."
        );
        // Sensitive variables stay in Octopus.
        ensure!(
            stores_secret || in_git["VariablesAreInGit"] != true,
            "The variables of the project '{name}' are in Git, where install changes nothing. Choose another project, or --api-key-variable: sensitive variables stay in Octopus."
        );
        let runbooks = Vec::new();
        Ok(Self { document, runbooks })
    }

    /// Adds a runbook that is there.
    pub fn add_runbook(&mut self, space: &Space, name: &str) -> Result<()> {
        let document = space.find_known(&RUNBOOK, "project", &self.runbooks_path(space)?, name)?;
        self.push(name, Some(document));
        Ok(())
    }

    /// Adds a runbook, which is created if it is not there (go-octopusdeploy, `runbooks`;
    /// OctopusDeploy-Api, `CreateRunbook.ps1`).
    pub fn create_runbook(&mut self, space: &Space, name: &str, about: &str) -> Result<()> {
        let mut document = self.find_runbook(space, name)?;
        if document.is_some() {
            RUNBOOK.say(name, "kept");
        } else {
            let runbook = json!({
                "Name": name, "Description": about,
                "ProjectId": self.document["Id"], "SpaceId": space.id().as_str(),
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
            let find = || self.find_runbook(space, name);
            let path = space.path("runbooks");
            document = space.create(&RUNBOOK, name, (&path, &[]), &runbook, &find)?;
        }
        self.push(name, document);
        Ok(())
    }

    /// Returns the runbook of this name, if it is there.
    pub fn find_runbook(&self, space: &Space, name: &str) -> Result<Option<Value>> {
        space.find(&RUNBOOK, &self.runbooks_path(space)?, name)
    }

    fn runbooks_path(&self, space: &Space) -> Result<String> {
        Ok(space.path(&format!("projects/{}/runbooks", id(&self.document)?)))
    }

    fn push(&mut self, name: &str, document: Option<Value>) {
        let name = name.to_owned();
        self.runbooks.push(Runbook { name, document });
    }
}
