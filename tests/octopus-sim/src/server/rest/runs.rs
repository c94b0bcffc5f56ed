//! Runbook runs, releases and deployments, created by the routes that clients call.

use serde_json::{Value, json};

use crate::server::rest::Refusal;
use crate::server::rest::call::{Answer, Call, created};
use crate::server::state::documents::Document;
use crate::server::state::kinds::Kind;
use crate::server::state::tasks::RunKind;

/// `POST /api/{space}/runbook-runs/create/v1`: a run of the published snapshot for each environment.
pub(crate) fn run_runbook(call: &Call<'_>) -> Answer {
    let (body, project) = read(call, "RunbookRunCreate")?;
    let runbook = find(call, &body, "runbook")?;
    if runbook.text("ProjectId") != project.id {
        return Err(Refusal::not_found());
    }
    let Some(snapshot) = runbook.fields["PublishedRunbookSnapshotId"].as_str() else {
        return Err(Refusal::bad_request(
            "The runbook has no published snapshot.",
        ));
    };
    let fields = json!({
        "ProjectId": project.id, "RunbookId": runbook.id, "RunbookSnapshotId": snapshot,
        "Name": format!("Run of {}", runbook.text("Name")),
    });
    let runs = environments(call, &body)?.into_iter().map(|environment| {
        let (task, run) = start(call, RunKind::RunbookRun, fields.clone(), &environment);
        json!({ "RunbookRunId": run, "ServerTaskId": task })
    });
    created(json!({ "RunbookRunServerTasks": runs.collect::<Value>() }))
}

/// `POST /api/{space}/releases/create/v1`.
pub(crate) fn create_release(call: &Call<'_>) -> Answer {
    let (body, project) = read(call, "ReleaseCreate")?;
    let mut state = call.world.state();
    let kind = Kind::named("releases");
    let number = state.documents.all(kind, call.space()).count() + 1;
    let version = text(&body, &["releaseVersion"]).to_owned();
    let version = if version.is_empty() {
        format!("0.0.{number}")
    } else {
        version
    };
    let fields = json!({ "ProjectId": project.id, "Version": version, "Name": version });
    let id = state.documents.create(kind, call.space(), fields);
    created(
        json!({ "ReleaseId": id, "ReleaseVersion": version, "AutomaticallyDeployedEnvironments": "" }),
    )
}

/// `POST /api/{space}/deployments/create/untenanted/v1`: a deployment for each environment.
pub(crate) fn deploy(call: &Call<'_>) -> Answer {
    let (body, project) = read(call, "DeploymentCreate")?;
    let release = {
        let state = call.world.state();
        let version = text(&body, &["releaseVersion"]);
        let mut all = state.documents.all(Kind::named("releases"), call.space());
        let found = all.find(|release| {
            release.text("ProjectId") == project.id && release.text("Version") == version
        });
        found.ok_or_else(Refusal::not_found)?.id.clone()
    };
    let fields = json!({ "ProjectId": project.id, "ReleaseId": release, "Name": "Deploy" });
    let all = environments(call, &body)?.into_iter().map(|environment| {
        let (task, deployment) = start(call, RunKind::Deployment, fields.clone(), &environment);
        json!({ "DeploymentId": deployment, "ServerTaskId": task })
    });
    created(json!({ "DeploymentServerTasks": all.collect::<Value>() }))
}

fn start(call: &Call<'_>, kind: RunKind, mut fields: Value, environment: &str) -> (String, String) {
    fields["EnvironmentId"] = json!(environment);
    let (caller, now) = (&call.caller, call.world.now());
    let mut state = call.world.state();
    state.start_run(
        kind,
        call.space(),
        None,
        &caller.person.id,
        caller.key_id(),
        fields,
        now,
    )
}

/// The IDs of the environments that the body names.
fn environments(call: &Call<'_>, body: &Value) -> Result<Vec<String>, Refusal> {
    let list = ["environmentNames", "environmentIds"]
        .iter()
        .find_map(|name| field(body, name)?.as_array());
    let single = [json!(text(body, &["environmentName", "environmentId"]))];
    let names = list.map_or(&single[..], Vec::as_slice);
    let kind = Kind::named("environments");
    let find = |name: &Value| Ok(call.find(kind, name.as_str().unwrap_or_default())?.id);
    names.iter().map(find).collect()
}

/// The body, and the project that it names.
fn read(call: &Call<'_>, permission: &str) -> Result<(Value, Document), Refusal> {
    call.need(permission)?;
    let body = call.json()?;
    let project = find(call, &body, "project")?;
    Ok((body, project))
}

/// The document whose name or ID the body has.
fn find(call: &Call<'_>, body: &Value, noun: &str) -> Result<Document, Refusal> {
    let name = text(body, &[&format!("{noun}Name"), &format!("{noun}Id")]);
    call.find(Kind::named(&format!("{noun}s")), name)
}

/// A field by its name in any case: clients send both.
fn field<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    let mut fields = body.as_object()?.iter();
    let found = fields.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

fn text<'a>(body: &'a Value, names: &[&str]) -> &'a str {
    let mut texts = names.iter().filter_map(|name| field(body, name)?.as_str());
    texts.next().unwrap_or_default()
}
