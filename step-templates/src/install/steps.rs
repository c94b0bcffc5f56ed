//! The steps of the example, in the shape in which Octopus stores the use of a step template
//! (terraform-provider-octopusdeploy, `resource_process_templated_step.go`; OctopusDeploy-Api,
//! `AddCommunityStepTemplateToProcess.ps1`).

use std::slice::from_ref;

use color_eyre::eyre::Result;
use serde_json::{Map, Value, json};

use super::feed::{self, PACKAGE_ID};
use super::kind::WORKER_POOL;
use super::space::{Space, field, items};
use super::templates::Templates;
use super::variables::Variable;
use crate::metadata::Shell;

/// The step whose output variables the others read.
const CREATE_STEP: &str = "Create run API key";
/// The step that runs always.
const DELETE_STEP: &str = "Delete run API key";

/// What the middle step does: one request with the run key. The answer has the key's owner, and not
/// the person, which must not be taken for a missing name.
const BASH: &str = r#"set -eo pipefail
echo "A request with the run key. Octopus answers with the key's owner; the audit trail also names the person."
curl --fail --silent --show-error \
  --header @<(printf 'X-Octopus-ApiKey: %s' "$OCTOPUS_API_KEY") "$OCTOPUS_URL/api/users/me"
"#;
const POWERSHELL: &str = r#""A request with the run key. Octopus answers with the key's owner; the audit trail also names the person."
$headers = @{ 'X-Octopus-ApiKey' = $env:OCTOPUS_API_KEY }
Invoke-RestMethod "$env:OCTOPUS_URL/api/users/me" -Headers $headers
"#;

/// What the steps are made of.
pub struct Steps<'a> {
    templates: &'a Templates,
    shell: Shell,
    credential: (&'static str, Value),
    feed: String,
    worker_pool: String,
}

/// Returns the ID of a worker pool; without a name, nothing, for the default pool.
pub fn find_worker_pool(space: &Space, name: Option<&str>) -> Result<String> {
    let Some(name) = name else {
        return Ok(String::new());
    };
    let pool = space.choose(&WORKER_POOL, &space.path("workerpools"), name)?;
    Ok(field(&pool, "Id")?.to_owned())
}

impl<'a> Steps<'a> {
    /// Looks up the feed; `worker_pool` is the pool's ID, empty for the default pool.
    pub fn new(
        space: &Space,
        templates: &'a Templates,
        shell: Shell,
        variable: &Variable,
        worker_pool: String,
    ) -> Result<Self> {
        Ok(Self {
            templates,
            shell,
            credential: variable.parameter(),
            feed: feed::built_in(space)?,
            worker_pool,
        })
    }

    /// Returns the three steps of a run.
    pub fn around_work(&self) -> Result<Vec<Value>> {
        let create_step = ("CreateStep", CREATE_STEP.into());
        let work = match self.shell {
            Shell::Bash => BASH,
            Shell::PowerShell => POWERSHELL,
        };
        let work = [create_step.clone(), ("Script", work.into())];
        Ok(vec![
            self.step("create", CREATE_STEP, from_ref(&self.credential))?,
            self.step("use", "Use run API key", &work)?,
            self.step(
                "delete",
                DELETE_STEP,
                &[self.credential.clone(), create_step],
            )?,
        ])
    }

    /// Returns the only step of the cleanup runbook.
    pub fn cleanup(&self) -> Result<Vec<Value>> {
        let finished = ("Finished", "True".into());
        let name = "Revoke keys of finished runs";
        let step = self.step("delete", name, &[self.credential.clone(), finished])?;
        Ok(vec![step])
    }

    fn step(&self, step: &str, name: &str, parameters: &[(&str, Value)]) -> Result<Value> {
        let template = self.templates.get(step, self.shell)?;
        let package = template["Packages"][0]["Name"].as_str().unwrap_or_default();
        let prefix = package.trim_end_matches("Package");
        let mut properties = properties(template);
        for (parameter, value) in parameters {
            properties.insert(format!("{prefix}{parameter}"), value.clone());
        }
        let reference = json!({ "PackageId": PACKAGE_ID, "FeedId": self.feed });
        properties.insert(package.to_owned(), reference.to_string().into());
        // A failed or skipped step must not keep the key from being revoked.
        let condition = if name == DELETE_STEP {
            "Always"
        } else {
            "Success"
        };
        Ok(json!({
            "Name": name, "Condition": condition, "StartTrigger": "StartAfterPrevious",
            "PackageRequirement": "LetOctopusDecide", "Properties": {},
            "Actions": [{
                "Name": name, "ActionType": template["ActionType"], "Condition": "Success",
                "IsDisabled": false, "IsRequired": false, "CanBeUsedForProjectVersioning": false,
                "WorkerPoolId": self.worker_pool, "WorkerPoolVariable": "",
                "Container": { "FeedId": null, "Image": null },
                "Environments": [], "ExcludedEnvironments": [], "Channels": [], "TenantTags": [],
                "Packages": [{
                    "Name": package, "PackageId": PACKAGE_ID, "FeedId": self.feed,
                    "AcquisitionLocation": "Server",
                    "Properties": {
                        "Extract": "True", "SelectionMode": "deferred",
                        "PackageParameterName": package,
                    },
                }],
                "Properties": properties,
            }],
        }))
    }
}

/// Returns the properties of a step as the portal fills them in: the template's own, those of every
/// template step, and each parameter's default.
fn properties(template: &Value) -> Map<String, Value> {
    let mut properties = template["Properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    for parameter in items(&template["Parameters"]) {
        let default = &parameter["DefaultValue"];
        if let (Some(name), Some(text)) = (parameter["Name"].as_str(), default.as_str())
            && !text.is_empty()
        {
            properties.insert(name.to_owned(), text.into());
        }
    }
    for (name, value) in [
        ("RunOnServer", "true".into()),
        ("Template.Id", template["Id"].clone()),
        ("Template.Version", template["Version"].to_string().into()),
    ] {
        properties.insert(format!("Octopus.Action.{name}"), value);
    }
    properties
}
