//! All resources that are just documents: listed, created, changed and deleted alike.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::server::rest::Refusal;
use crate::server::rest::call::{Answer, Call, created, ok};
use crate::server::rest::query::Named;
use crate::server::rest::{paging, process, route};
use crate::server::state::State;
use crate::server::state::documents::Document;
use crate::server::state::events::Event;
use crate::server::state::kinds::Kind;
use crate::server::state::secrets;

/// What the server decides of a document, and a change leaves as it is.
const KEPT: [&str; 6] = [
    "Slug",
    "VariableSetId",
    "DeploymentProcessId",
    "RunbookProcessId",
    "OwnerId",
    "ActionType",
];

/// Those of a kind in a space, paged.
pub(crate) fn list(call: &Call<'_>) -> Answer {
    page(call, |_| true)
}

/// Those of a kind in a project, paged.
pub(crate) fn of_project(call: &Call<'_>) -> Answer {
    let project = call.find(Kind::named("projects"), call.part(1))?.id;
    page(call, |document| document.text("ProjectId") == project)
}

/// All of a kind in a space, on no page.
pub(crate) fn all(call: &Call<'_>) -> Answer {
    let kind = allow(call, "View")?;
    let named = Named::asked(&call.query);
    let state = call.world.state();
    let all = state.documents.all(kind, call.space());
    let wanted = all.filter(|document| named.is(&document.fields));
    ok(wanted.map(|document| shown(call, document)).collect())
}

/// One of them, by its ID, slug or name.
pub(crate) fn get(call: &Call<'_>) -> Answer {
    let kind = allow(call, "View")?;
    ok(shown(call, &find(call, kind)?))
}

/// Creates one.
pub(crate) fn create(call: &Call<'_>) -> Answer {
    let kind = allow(call, "Create")?;
    let mut fields = call.json()?;
    check(call, kind, &fields, None)?;
    process::give_ids(&mut fields);
    let mut state = call.world.state();
    let id = state.documents.create(kind, call.space(), fields);
    let document = state
        .documents
        .get_mut(&id)
        .expect("it was just created")
        .clone();
    if kind.path == "runbooksnapshots" && call.query.get("publish").is_some_and(|yes| yes == "true")
    {
        let runbook = state.documents.get_mut(document.text("RunbookId"));
        if let Some(runbook) = runbook {
            runbook.fields["PublishedRunbookSnapshotId"] = json!(id);
        }
    }
    record(call, &mut state, &document, ("Created", "created"));
    created(shown(call, &document))
}

/// Replaces one; what it leaves out is gone, but for what the server itself decides.
pub(crate) fn change(call: &Call<'_>) -> Answer {
    let kind = allow(call, "Edit")?;
    let before = find(call, kind)?;
    let mut fields = call.json()?;
    check(call, kind, &fields, Some(&before))?;
    secrets::keep(&before.fields, &mut fields);
    process::give_ids(&mut fields);
    for name in KEPT {
        if let (Some(kept), None) = (before.fields.get(name), fields.get(name)) {
            fields[name] = kept.clone();
        }
    }
    fields["Id"] = json!(before.id);
    if let Some(space) = &before.space {
        fields["SpaceId"] = json!(space);
    }
    if let Some(version) = before.fields["Version"].as_u64() {
        fields["Version"] = json!(version + 1);
    }
    let mut state = call.world.state();
    let document = state
        .documents
        .get_mut(&before.id)
        .ok_or_else(Refusal::not_found)?;
    document.fields = fields;
    let document = document.clone();
    record(call, &mut state, &document, ("Modified", "changed"));
    ok(shown(call, &document))
}

/// Deletes one.
pub(crate) fn delete(call: &Call<'_>) -> Answer {
    let kind = allow(call, "Delete")?;
    let document = find(call, kind)?;
    let mut state = call.world.state();
    state.documents.remove(&document.id);
    record(call, &mut state, &document, ("Deleted", "deleted"));
    ok(json!({}))
}

fn page(call: &Call<'_>, is_meant: impl Fn(&Document) -> bool) -> Answer {
    let kind = allow(call, "View")?;
    let named = Named::asked(&call.query);
    let state = call.world.state();
    let all = state.documents.all(kind, call.space());
    let mut matching: Vec<_> = all
        .filter(|document| is_meant(document) && named.is(&document.fields))
        .collect();
    if kind.path == "actiontemplates" {
        matching.sort_by_key(|document| document.text("Name").to_lowercase());
    }
    let of = (kind.noun, "ids,name,partialName");
    paging::page(call, of, matching, |document| shown(call, document))
}

/// The kind in the path, of which the caller has a permission as in `AccountEdit`.
fn allow(call: &Call<'_>, verb: &str) -> Result<&'static Kind, Refusal> {
    let name = route::of_project(call.part(first(call)));
    let kind = Kind::in_path(name).ok_or_else(Refusal::not_found)?;
    call.need(&format!("{}{verb}", kind.noun))?;
    Ok(kind)
}

/// Which part of the path names the kind, which may stand below a project.
fn first(call: &Call<'_>) -> usize {
    let is_below_project = call.part(0).eq_ignore_ascii_case("projects") && call.path.len() > 2;
    if is_below_project { 2 } else { 0 }
}

fn find(call: &Call<'_>, kind: &'static Kind) -> Result<Document, Refusal> {
    call.find(kind, call.part(first(call) + 1))
}

/// Refuses what every client must send and this one did not.
fn check(
    call: &Call<'_>,
    kind: &'static Kind,
    fields: &Value,
    before: Option<&Document>,
) -> Result<(), Refusal> {
    if kind.checks_version {
        let is_stale = before.is_some_and(|before| before.fields["Version"] != fields["Version"]);
        let message = "The resource was changed by someone else. Please reload it and try again.";
        let refusal = || Refusal::new(StatusCode::CONFLICT, message);
        return (!is_stale).then_some(()).ok_or_else(refusal);
    }
    let required: &[&str] = match kind.path {
        "scopeduserroles" => &["TeamId", "UserRoleId"],
        "accounts" => &["Name", "AccountType"],
        "runbooks" => &["Name", "ProjectId"],
        "projecttriggers" => &["Name", "ProjectId", "Action", "Filter"],
        "runbooksnapshots" => &["Name", "ProjectId", "RunbookId"],
        "actiontemplates" if before.is_none() => &["Name", "ActionType", "SpaceId"],
        "actiontemplates" => &["Id", "Name", "SpaceId"],
        _ => &["Name"],
    };
    for name in required {
        let is_empty = match &fields[*name] {
            Value::String(text) => text.trim().is_empty(),
            other => other.is_null(),
        };
        if is_empty {
            return Err(Refusal::bad_request(format!("Please provide {name}.")));
        }
    }
    // The Go client sends an empty one (OctopusDeploy/go-octopusdeploy, `environment.go`).
    let space = fields["SpaceId"].as_str().unwrap_or_default();
    if kind.in_space && !space.is_empty() && space != call.space() {
        return Err(Refusal::bad_request("SpaceId is not that of the path."));
    }
    let state = call.world.state();
    let name = fields["Name"].as_str().unwrap_or_default();
    let is_taken = state.documents.all(kind, call.space()).any(|known| {
        known.text("Name").eq_ignore_ascii_case(name)
            && known.text("ProjectId") == fields["ProjectId"].as_str().unwrap_or_default()
            && before.is_none_or(|before| before.id != known.id)
    });
    // Tests create environments of one name as something for a run to do.
    if is_taken && !name.is_empty() && kind.path != "environments" {
        let message = format!("A {} named '{name}' exists already.", kind.noun);
        return Err(Refusal::bad_request(message));
    }
    Ok(())
}

/// As the REST API shows it: without secrets, with links.
pub(crate) fn shown(call: &Call<'_>, document: &Document) -> Value {
    let mut shown = secrets::hidden(&document.fields);
    let (kind, id) = (document.kind, &document.id);
    let base = document
        .space
        .as_ref()
        .map_or_else(String::new, |space| format!("/{space}"));
    shown["Links"] = json!({ "Self": call.link(&format!("{base}/{}/{id}", kind.path)) });
    let directory = &call.world.settings.virtual_directory;
    match kind.path {
        "spaces" => {
            shown["Links"]["SpaceHome"] = call.link(&format!("/{id}"));
            shown["Links"]["Web"] = json!(format!("{directory}/app#/{id}"));
        }
        "projects" => {
            shown["Links"]["Web"] = json!(format!("{directory}/app#{base}/projects/{id}"));
        }
        "variables" => {
            shown["ScopeValues"] = json!({ "Environments": [], "Processes": [], "Actions": [] });
        }
        _ => {}
    }
    shown
}

fn record(call: &Call<'_>, state: &mut State, document: &Document, (category, done): (&str, &str)) {
    let name = document.text("Name");
    let event = Event {
        category: category.to_owned(),
        message: format!("{} {name} was {done}", document.kind.noun),
        related_document_ids: vec![document.id.clone()],
        space_id: document.space.clone(),
        ..call.caller.event()
    };
    state.events.add(event, call.world.now());
}
