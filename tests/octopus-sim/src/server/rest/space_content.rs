//! `/api/spaces` and `/api/{space}/environments|projects`: a runbook's work.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::{Map, Value, json};

use crate::server::World;
use crate::server::rest::Caller;
use crate::server::rest::Refusal;
use crate::server::rest::paging::{Paging, Parameters};
use crate::server::state::documents::{DEFAULT_SPACE, Document, Kind};
use crate::server::state::events::Event;

type Answer = Result<Json<Value>, Refusal>;

/// The spaces, paged.
pub(crate) async fn list_spaces(
    State(world): State<Arc<World>>,
    Query(query): Query<Parameters>,
) -> Answer {
    let paging = Paging::asked(&query, world.settings.largest_page)?;
    let spaces = world.state().library.spaces();
    Ok(Json(paging.of(spaces.into_iter(), |space| space)))
}

/// The spaces, all of them.
pub(crate) async fn all_spaces(State(world): State<Arc<World>>) -> Json<Value> {
    Json(Value::Array(world.state().library.spaces()))
}

/// All of a kind in a space.
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    Path((space, kind)): Path<(String, String)>,
    Query(query): Query<Parameters>,
) -> Answer {
    let kind = place(&space, &kind)?;
    let paging = Paging::asked(&query, world.settings.largest_page)?;
    let state = world.state();
    let matching: Vec<_> = state.documents.all(kind, &space).collect();
    let page = paging.of(matching.into_iter(), |document| document.shown.clone());
    Ok(Json(page))
}

/// Makes one; it needs a `Name`.
pub(crate) async fn create(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path((space, kind)): Path<(String, String)>,
    body: String,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let kind = place(&space, &kind)?;
    let fields = fields(&body)?;
    let mut state = world.state();
    let document = state.documents.add(kind, &space, fields).clone();
    let event = event(&world, &caller, &document, "Created", "created");
    state.events.add(event, world.now());
    Ok((StatusCode::CREATED, Json(document.shown)))
}

/// One of them.
pub(crate) async fn get(
    State(world): State<Arc<World>>,
    Path((space, kind, id)): Path<(String, String, String)>,
) -> Answer {
    let kind = place(&space, &kind)?;
    let mut state = world.state();
    let document = state.documents.get_mut(kind, &space, &id);
    let document = document.ok_or_else(Refusal::not_found)?;
    Ok(Json(document.shown.clone()))
}

/// Replaces one.
pub(crate) async fn change(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path((space, kind, id)): Path<(String, String, String)>,
    body: String,
) -> Answer {
    let kind = place(&space, &kind)?;
    let fields = fields(&body)?;
    let mut state = world.state();
    let document = state.documents.get_mut(kind, &space, &id);
    let document = document.ok_or_else(Refusal::not_found)?;
    let before = document.shown.clone();
    document.fill(fields);
    let document = document.clone();
    let event = Event {
        change_details: json!({ "DocumentContext": before }),
        ..event(&world, &caller, &document, "Modified", "changed")
    };
    state.events.add(event, world.now());
    Ok(Json(document.shown))
}

/// Deletes one.
pub(crate) async fn delete(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path((space, kind, id)): Path<(String, String, String)>,
) -> Answer {
    let kind = place(&space, &kind)?;
    let mut state = world.state();
    let document = state.documents.get_mut(kind, &space, &id);
    let document = document.ok_or_else(Refusal::not_found)?.clone();
    state.documents.remove(&id);
    let event = event(&world, &caller, &document, "Deleted", "deleted");
    state.events.add(event, world.now());
    Ok(Json(json!({})))
}

/// The kind that the path names, in a space that exists.
fn place(space: &str, kind: &str) -> Result<Kind, Refusal> {
    let kind = Kind::in_path(kind).filter(|_| space == DEFAULT_SPACE);
    kind.ok_or_else(Refusal::not_found)
}

fn fields(body: &str) -> Result<Map<String, Value>, Refusal> {
    let fields: Map<String, Value> = serde_json::from_str(body)
        .map_err(|error| Refusal::bad_request(format!("The body is not valid JSON: {error}")))?;
    let name = fields.get("Name").and_then(Value::as_str);
    if name.is_none_or(|name| name.trim().is_empty()) {
        return Err(Refusal::bad_request("Please provide a name."));
    }
    Ok(fields)
}

fn event(world: &World, caller: &Caller, document: &Document, category: &str, done: &str) -> Event {
    Event {
        category: category.to_owned(),
        message: format!("{} {} was {done}", document.kind.noun(), document.name()),
        related_document_ids: vec![document.id.clone()],
        space_id: Some(document.space.clone()),
        ..caller.event(world.settings.names_keys_in_events)
    }
}
