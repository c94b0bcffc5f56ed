//! `/api/{space}/actiontemplates`: the step templates of a space.
//!
//! What is required, what a new template begins with and what a change raises is documented
//! (Octopus's REST reference, "Action Templates"; issue 2979). The wording of a refusal is not.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::server::World;
use crate::server::rest::Refusal;
use crate::server::rest::paging::Paging;
use crate::server::rest::query::Parameters;
use crate::server::state::library::Library;

type Answer = Result<Json<Value>, Refusal>;

/// The templates of a space, by name, paged.
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    Path(space): Path<String>,
    Query(query): Query<Parameters>,
) -> Answer {
    let paging = Paging::asked(&query, world.settings.largest_page)?;
    let state = world.state();
    in_space(&state.library, &space)?;
    let templates = state.library.templates(&space);
    Ok(Json(paging.of(templates.into_iter(), |template| {
        template.shown.clone()
    })))
}

/// One of them.
pub(crate) async fn get(
    State(world): State<Arc<World>>,
    Path((space, id)): Path<(String, String)>,
) -> Answer {
    let state = world.state();
    let template = state.library.template(&space, &id);
    let template = template.ok_or_else(Refusal::not_found)?;
    Ok(Json(template.shown.clone()))
}

/// Makes one. Whatever version it comes with, it begins at 0.
pub(crate) async fn create(
    State(world): State<Arc<World>>,
    Path(space): Path<String>,
    body: String,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let library = &mut world.state().library;
    in_space(library, &space)?;
    let fields = fields(&body, &space, &["ActionType", "Name"])?;
    refuse_duplicate(library, &space, &fields, None)?;
    Ok((StatusCode::CREATED, Json(library.add(&space, fields))))
}

/// Replaces one, as its next version.
pub(crate) async fn change(
    State(world): State<Arc<World>>,
    Path((space, id)): Path<(String, String)>,
    body: String,
) -> Answer {
    let library = &mut world.state().library;
    library
        .template(&space, &id)
        .ok_or_else(Refusal::not_found)?;
    let fields = fields(&body, &space, &["Id", "Name"])?;
    refuse_duplicate(library, &space, &fields, Some(&id))?;
    Ok(Json(library.change(&space, &id, fields)))
}

fn in_space(library: &Library, space: &str) -> Result<(), Refusal> {
    let known = library.has_space(space);
    known.then_some(()).ok_or_else(Refusal::not_found)
}

/// The body's fields, if the required ones and the space are among them.
fn fields(body: &str, space: &str, required: &[&str]) -> Result<Map<String, Value>, Refusal> {
    let fields: Map<String, Value> = serde_json::from_str(body)
        .map_err(|error| Refusal::bad_request(format!("The body is not valid JSON: {error}")))?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    for name in required {
        if text(name).trim().is_empty() {
            return Err(Refusal::bad_request(format!("'{name}' is required.")));
        }
    }
    if text("SpaceId") != space {
        return Err(Refusal::bad_request("'SpaceId' must be that of the path."));
    }
    Ok(fields)
}

fn refuse_duplicate(
    library: &Library,
    space: &str,
    fields: &Map<String, Value>,
    id: Option<&str>,
) -> Result<(), Refusal> {
    let name = fields["Name"].as_str().unwrap_or_default();
    if library.is_taken(space, name, id) {
        return Err(Refusal::bad_request(format!(
            "A step template named '{name}' exists already."
        )));
    }
    Ok(())
}
