//! The example: a runbook with the three steps, and the cleanup runbook that belongs to it.

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use super::feed;
use super::kind::{PROCESS, SNAPSHOT};
use super::project::Project;
use super::space::{Space, field, items};
use super::steps::Steps;

/// The runbook with the three steps.
pub const RUN: &str = "runkey example";
/// The runbook for a schedule.
pub const CLEANUP: &str = "runkey cleanup";

/// Creates the two runbooks, still without steps.
pub fn create_runbooks(space: &Space, project: &mut Project) -> Result<()> {
    let about = "Creates a key for this run, uses it, and revokes it.";
    project.create_runbook(space, RUN, about)?;
    let about = "Revokes the run keys of finished runs, such as canceled ones. To be scheduled.";
    project.create_runbook(space, CLEANUP, about)
}

/// Gives the runbooks their steps, unless they have some.
pub fn fill(space: &Space, project: &Project, steps: &Steps<'_>) -> Result<()> {
    let steps = [steps.around_work()?, steps.cleanup()?];
    for (runbook, steps) in project.runbooks.iter().zip(steps) {
        let (name, path) = (field(runbook, "Name")?, process_path(space, runbook)?);
        space.change(&PROCESS, name, &path, None, &|process| {
            if items(&process["Steps"]).next().is_some() {
                return Ok(None);
            }
            process["Steps"] = steps.clone();
            Ok(Some("created".to_owned()))
        })?;
    }
    Ok(())
}

/// Publishes a snapshot of each runbook that has none, with the newest packages (OctopusDeploy-Api,
/// `CreateAndPublishRunbookSnapshot.ps1`; the CLI, `runbook/snapshot/create`).
pub fn publish(space: &Space, project: &Project) -> Result<()> {
    let list = project.runbooks_path(space)?;
    let path = space.path("runbookSnapshots?publish=true");
    for runbook in &project.runbooks {
        let name = field(runbook, "Name")?;
        if runbook["PublishedRunbookSnapshotId"].is_string() {
            SNAPSHOT.say(name, "kept");
            continue;
        }
        let snapshot = snapshot(space, runbook)?;
        let find = || {
            let runbook = space.named(&list, name)?.unwrap_or_default();
            let id = &runbook["PublishedRunbookSnapshotId"];
            Ok(id.is_string().then(|| json!({ "Id": id })))
        };
        space.ensure(&SNAPSHOT, name, &path, &snapshot, &find)?;
    }
    Ok(())
}

fn snapshot(space: &Space, runbook: &Value) -> Result<Value> {
    let path = process_path(space, runbook)? + "/runbookSnapshotTemplate";
    let template = space.read(&SNAPSHOT, &path, &[])?;
    let mut packages = Vec::new();
    for package in items(&template["Packages"]) {
        let (feed, package_id) = (field(package, "FeedId")?, field(package, "PackageId")?);
        packages.push(json!({
            "ActionName": package["ActionName"], "StepName": package["ActionName"],
            "PackageReferenceName": package["PackageReferenceName"],
            "Version": feed::newest_version(space, feed, package_id)?,
        }));
    }
    Ok(json!({
        "Name": template["NextNameIncrement"], "Notes": "", "SelectedPackages": packages,
        "ProjectId": runbook["ProjectId"], "RunbookId": runbook["Id"],
    }))
}

/// Returns the path of a runbook's process.
pub fn process_path(space: &Space, runbook: &Value) -> Result<String> {
    let id = field(runbook, "RunbookProcessId")?;
    Ok(space.path(&format!("runbookProcesses/{id}")))
}
