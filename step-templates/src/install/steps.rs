//! The steps of the example, in the shape in which Octopus stores the use of a step template
//! (terraform-provider-octopusdeploy, `resource_process_templated_step.go`; OctopusDeploy-Api,
//! `AddCommunityStepTemplateToProcess.ps1`).

use color_eyre::eyre::Result;
use serde_json::{Map, Value, json};

use super::feed::PACKAGE_ID;
use super::space::items;
use super::templates::Templates;
use crate::metadata::Shell;

/// The step whose output variables the others read.
const CREATE_STEP: &str = "Create run API key";

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
    pub templates: &'a Templates,
    pub shell: Shell,
    /// A parameter of the templates, and what it takes.
    pub credential: (&'static str, Value),
    /// The feed's ID.
    pub feed: String,
    /// The pool's ID; empty for the default pool.
    pub worker_pool: Value,
}

impl Steps<'_> {
    /// Returns the three steps of a run.
    pub fn around_work(&self) -> Result<Value> {
        let credential = || self.credential.clone();
        let create_step = || ("CreateStep", CREATE_STEP.into());
        let work = match self.shell {
            Shell::Bash => BASH,
            Shell::PowerShell => POWERSHELL,
        };
        let script = ("Script", work.into());
        let use_step = "Use run API key";
        let delete_step = "Delete run API key";
        Ok(json!([
            self.step("create", CREATE_STEP, "Success", [credential()])?,
            self.step("use", use_step, "Success", [create_step(), script])?,
            // A failed or skipped step must not keep the key from being revoked.
            self.step(
                "delete",
                delete_step,
                "Always",
                [credential(), create_step()]
            )?,
        ]))
    }

    /// Returns the only step of the cleanup runbook.
    pub fn cleanup(&self) -> Result<Value> {
        let parameters = [self.credential.clone(), ("Finished", "True".into())];
        let name = "Revoke keys of finished runs";
        Ok(json!([self.step("delete", name, "Success", parameters)?]))
    }

    fn step<const N: usize>(
        &self,
        step: &str,
        name: &str,
        condition: &str,
        parameters: [(&str, Value); N],
    ) -> Result<Value> {
        let template = self.templates.get(step, self.shell)?;
        let package = &template["Packages"][0]["Name"];
        let package = package.as_str().unwrap_or_default();
        let prefix = package.trim_end_matches("Package");
        let reference = json!({ "PackageId": PACKAGE_ID, "FeedId": self.feed });
        let mut properties = properties(template);
        properties.insert(package.to_owned(), reference.to_string().into());
        properties.extend(parameters.map(|(name, value)| (format!("{prefix}{name}"), value)));
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
    let own = template["Properties"].as_object().cloned();
    let mut properties = own.unwrap_or_default();
    for parameter in items(&template["Parameters"]) {
        let (name, default) = (&parameter["Name"], &parameter["DefaultValue"]);
        if let (Some(name), Some(default)) = (name.as_str(), default.as_str())
            && !default.is_empty()
        {
            properties.insert(name.to_owned(), default.into());
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
