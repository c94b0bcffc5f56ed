//! `/api/{space}/environments` and `/api/{space}/projects`: a runbook's work.

use std::sync::Arc;

use axum::extract::{OriginalUri, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::{Map, Value, json};

use crate::server::World;
use crate::server::rest::Caller;
use crate::server::rest::Refusal;
use crate::server::rest::named::Wanted;
use crate::server::rest::paging::Paging;
use crate::server::rest::place::{Place, Shelf};
use crate::server::rest::query::Parameters;
use crate::server::state::documents::Document;
use crate::server::state::events::Event;

type Answer = Result<Json<Value>, Refusal>;

/// Those of a kind in a space, paged.
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    OriginalUri(uri): OriginalUri,
    Shelf { kind, space }: Shelf,
    Query(query): Query<Parameters>,
) -> Answer {
    let paging = Paging::asked(&query, world.settings.largest_page)?;
    let wanted = Wanted::asked(&query);
    let state = world.state();
    let matching: Vec<_> = state
        .documents
        .all(kind, &space)
        .filter(|document| wanted.is(&document.shown))
        .collect();
    let page = paging.of(matching.into_iter(), |document| shown(document, &world));
    let page = paging.linked(page, &uri, kind.noun(), "ids,name,partialName");
    Ok(Json(page))
}

/// All of a kind in a space, on no page.
pub(crate) async fn all(
    State(world): State<Arc<World>>,
    Shelf { kind, space }: Shelf,
) -> Json<Value> {
    let state = world.state();
    let all = state.documents.all(kind, &space);
    Json(all.map(|document| shown(document, &world)).collect())
}

/// Makes one; it needs a `Name`.
pub(crate) async fn create(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Shelf { kind, space }: Shelf,
    body: String,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let fields = fields(&body)?;
    let mut state = world.state();
    let document = state.documents.add(kind, &space, fields).clone();
    let event = event(&world, &caller, &document, "Created", "created");
    state.events.add(event, world.now());
    Ok((StatusCode::CREATED, Json(shown(&document, &world))))
}

/// One of them.
pub(crate) async fn get(
    State(world): State<Arc<World>>,
    Place { kind, space, id }: Place,
) -> Answer {
    let mut state = world.state();
    let document = state.documents.get_mut(kind, &space, &id);
    let document = document.ok_or_else(Refusal::not_found)?;
    Ok(Json(shown(document, &world)))
}

/// Replaces one.
pub(crate) async fn change(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Place { kind, space, id }: Place,
    body: String,
) -> Answer {
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
    Ok(Json(shown(&document, &world)))
}

/// Deletes one.
pub(crate) async fn delete(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Place { kind, space, id }: Place,
) -> Answer {
    let mut state = world.state();
    let document = state.documents.get_mut(kind, &space, &id);
    let document = document.ok_or_else(Refusal::not_found)?.clone();
    state.documents.remove(&id);
    let event = event(&world, &caller, &document, "Deleted", "deleted");
    state.events.add(event, world.now());
    Ok(Json(json!({})))
}

/// With the link that every document has.
fn shown(document: &Document, world: &World) -> Value {
    let directory = &world.settings.virtual_directory;
    let (space, kind, id) = (&document.space, document.kind.path(), &document.id);
    let mut shown = document.shown.clone();
    shown["Links"] = json!({ "Self": format!("{directory}/api/{space}/{kind}/{id}") });
    shown
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
        ..caller.event(&world.settings)
    }
}
