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
    project.create_runbook(
        space,
        RUN,
        "Creates a key for this run, uses it, and revokes it.",
    )?;
    let about = "Revokes the run keys of finished runs, such as canceled ones. To be scheduled.";
    project.create_runbook(space, CLEANUP, about)
}

/// Gives the runbooks their steps, unless they have some.
pub fn fill(space: &Space, project: &Project, steps: &Steps<'_>) -> Result<()> {
    for runbook in &project.runbooks {
        let Some(document) = &runbook.document else {
            PROCESS.say(&runbook.name, "would be created");
            continue;
        };
        let path = space.path(&process_path(document)?);
        space.change(&PROCESS, &runbook.name, &path, &|process| {
            if items(&process["Steps"]).next().is_some() {
                return Ok(None);
            }
            // A dry run may have no templates to make steps of.
            if !space.dry_run {
                let steps = match runbook.name.as_str() {
                    CLEANUP => vec![steps.cleanup()?],
                    _ => steps.around_work()?,
                };
                process["Steps"] = steps.into();
            }
            Ok(Some("created".to_owned()))
        })?;
    }
    Ok(())
}

/// Publishes a snapshot of each runbook that has none, with the newest packages (OctopusDeploy-Api,
/// `CreateAndPublishRunbookSnapshot.ps1`; the CLI, `runbook/snapshot/create`).
pub fn publish(space: &Space, project: &Project) -> Result<()> {
    for runbook in &project.runbooks {
        let name = runbook.name.as_str();
        let Some(document) = runbook.document.as_ref().filter(|_| !space.dry_run) else {
            SNAPSHOT.say(name, "would be published, if there is none");
            continue;
        };
        if document["PublishedRunbookSnapshotId"].is_string() {
            SNAPSHOT.say(name, "kept");
            continue;
        }
        let path = format!("{}/runbookSnapshotTemplate", process_path(document)?);
        let template = space.read(&SNAPSHOT, &space.path(&path), &[])?;
        let mut packages = Vec::new();
        for package in items(&template["Packages"]) {
            let (feed, package_id) = (field(package, "FeedId")?, field(package, "PackageId")?);
            packages.push(json!({
                "ActionName": package["ActionName"], "StepName": package["ActionName"],
                "PackageReferenceName": package["PackageReferenceName"],
                "Version": feed::newest_version(space, feed, package_id)?,
            }));
        }
        let snapshot = json!({
            "Name": template["NextNameIncrement"], "Notes": "", "SelectedPackages": packages,
            "ProjectId": project.document["Id"], "RunbookId": document["Id"],
        });
        let (path, publish) = (space.path("runbookSnapshots"), [("publish", "true")]);
        let find = || {
            let runbook = project.find_runbook(space, name)?;
            let id = runbook.map(|runbook| runbook["PublishedRunbookSnapshotId"].clone());
            Ok(id.filter(Value::is_string).map(|id| json!({ "Id": id })))
        };
        space.create(&SNAPSHOT, name, (&path, &publish), &snapshot, &find)?;
    }
    Ok(())
}

fn process_path(runbook: &Value) -> Result<String> {
    Ok(format!(
        "runbookProcesses/{}",
        field(runbook, "RunbookProcessId")?
    ))
}
