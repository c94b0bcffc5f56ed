//! Runs on a worker what the server has queued.

use std::io;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::server::World;
use crate::worker::{
    Control, Runbook, Step, TaskResult, Variables, Worker, WorkerError, list, text,
};
use crate::{IdToken, Octopus, report_to};

/// Runs a queued runbook run, with the process as it was when the run was created. The server is
/// told how the run is.
pub fn run_task(octopus: &Octopus, task: &str, worker: &Worker) -> Result<TaskResult, WorkerError> {
    let queued = octopus.tasks().get(task).expect("the task is there");
    let space = queued.space.expect("a run belongs to a space");
    let found = |kind, id| found(octopus, &space, kind, id);
    let run = found("runbookruns", &queued.arguments["RunbookRunId"]);
    let runbook = found("runbooks", &run["RunbookId"]);
    let project = found("projects", &run["ProjectId"]);
    let environment = found("environments", &run["EnvironmentId"]);
    let process = found("runbookprocesses", &run["FrozenRunbookProcessId"]);
    let set = found("variables", &project["VariableSetId"]);
    let starter = text(&run["DeployedById"]);

    let mut variables = Variables::of_run(octopus.url())
        .with("Octopus.Task.Id", task)
        .with("Octopus.RunbookRun.Id", text(&run["Id"]))
        .with("Octopus.Runbook.Name", text(&runbook["Name"]))
        .with("Octopus.Project.Name", text(&project["Name"]))
        .with("Octopus.Environment.Name", text(&environment["Name"]))
        .with("Octopus.Space.Id", &space)
        .started_by(
            starter,
            text(&run["DeployedBy"]),
            &octopus.display_name(starter),
        );
    let mut worker = worker.clone();
    for variable in list(&set["Variables"]).filter(|variable| applies(variable, &runbook)) {
        let name = text(&variable["Name"]);
        if variable["Type"] == "GenericOidcAccount" {
            let account = found("accounts", &variable["Value"]);
            let issue = id_tokens(octopus, &account, &project, &runbook);
            worker = worker.oidc_account(name, issue);
        } else {
            let is_sensitive = variable["IsSensitive"] == true;
            variables.set(name, text(&variable["Value"]), is_sensitive);
        }
    }
    let packages = tempfile::tempdir()?;
    let mut steps = Runbook::new();
    for step in list(&process["Steps"]) {
        for action in list(&step["Actions"]) {
            steps = steps.step(read_step(octopus, &space, step, action, &packages)?);
        }
    }
    let control = Control::new().watch(report_to(octopus, task));
    steps.run_under(control, &worker, variables)
}

/// The step of an action, with its packages.
fn read_step(
    octopus: &Octopus,
    space: &str,
    step: &Value,
    action: &Value,
    folder: &TempDir,
) -> Result<Step, WorkerError> {
    let mut read = Step::from_action(action);
    for package in list(&action["Packages"]) {
        let name = text(&package["Name"]);
        let target = folder.path().join(read.name()).join(name);
        if unpack(octopus, space, text(&package["PackageId"]), &target)? {
            read = read.package(name, &target);
        }
    }
    Ok(if step["Condition"] == "Always" {
        read.always()
    } else {
        read
    })
}

/// Unpacks the newest version of a package; false where the feed has none.
fn unpack(world: &World, space: &str, id: &str, target: &Path) -> io::Result<bool> {
    let state = world.state();
    let mut all = state.packages.of(space).rev();
    let found = all.find(|package| {
        let name = package.id_and_version();
        name.is_some_and(|(known, _)| known.eq_ignore_ascii_case(id))
    });
    let Some(package) = found else {
        return Ok(false);
    };
    let archive = io::Cursor::new(package.bytes.clone());
    let mut archive = zip::ZipArchive::new(archive).map_err(io::Error::other)?;
    archive.extract(target).map_err(io::Error::other)?;
    Ok(true)
}

/// Whether a variable is in the scope of a runbook.
fn applies(variable: &Value, runbook: &Value) -> bool {
    let owners = &variable["Scope"]["ProcessOwner"];
    owners.is_null() || list(owners).any(|owner| *owner == runbook["Id"])
}

/// Tokens with the subject that an account's subject keys make, and its audience.
fn id_tokens(
    octopus: &Octopus,
    account: &Value,
    project: &Value,
    runbook: &Value,
) -> impl Fn() -> IdToken + Send + Sync + use<> {
    let parts = [
        ("space", "default"),
        ("project", text(&project["Slug"])),
        ("runbook", text(&runbook["Slug"])),
        ("account", text(&account["Slug"])),
        ("type", "runbook"),
    ];
    let is_wanted = |part: &str| list(&account["DeploymentSubjectKeys"]).any(|key| key == part);
    let parts = parts.iter().filter(|(part, _)| is_wanted(part));
    let subject: Vec<_> = parts
        .map(|(part, value)| format!("{part}:{value}"))
        .collect();
    let issue = octopus.id_tokens_for(&subject.join(":"), text(&account["Audience"]));
    move || issue()
}

/// The document that is called so.
fn found(world: &World, space: &str, kind: &str, id: &Value) -> Value {
    let all = world.documents(space, kind);
    let document = all.into_iter().find(|document| document["Id"] == *id);
    document.unwrap_or_else(|| panic!("There is no {id} among the {kind}."))
}
