//! `/api/users`: the accounts.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, Query, State};
use axum::{Extension, Json};
use serde_json::{Value, json};

use crate::server::World;
use crate::server::rest::Caller;
use crate::server::rest::Refusal;
use crate::server::rest::paging::Paging;
use crate::server::rest::query::Parameters;
use crate::server::state::people::Person;

/// The caller.
pub(crate) async fn me(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Value>, Refusal> {
    show(&world, &caller.user_id)
}

/// One account.
pub(crate) async fn get(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    show(&world, &id)
}

/// All accounts that contain the text of `filter` in a name.
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<Parameters>,
) -> Result<Json<Value>, Refusal> {
    let paging = Paging::asked(&query, world.settings.largest_page)?;
    let filter = query.get("filter").map(|text| text.to_lowercase());
    let state = world.state();
    let matching: Vec<_> = state
        .people
        .all()
        .filter(|person| filter.as_ref().is_none_or(|text| person.answers_to(text)))
        .collect();
    let page = paging.of(matching.into_iter(), |person| linked(person, &world));
    Ok(Json(paging.linked(page, &uri, "User", "ids,filter")))
}

/// All accounts, on no page.
pub(crate) async fn all(State(world): State<Arc<World>>) -> Json<Value> {
    let state = world.state();
    Json(
        state
            .people
            .all()
            .map(|person| linked(person, &world))
            .collect(),
    )
}

fn show(world: &World, id: &str) -> Result<Json<Value>, Refusal> {
    let state = world.state();
    let person = state.people.get(id).ok_or_else(Refusal::not_found)?;
    Ok(Json(linked(person, world)))
}

fn linked(person: &Person, world: &World) -> Value {
    let user = format!(
        "{}/api/users/{}",
        world.settings.virtual_directory, person.id
    );
    let mut shown = person.shown();
    shown["Links"] =
        json!({ "Self": user, "ApiKeys": format!("{user}/apikeys{{/id}}{{?skip,take}}") });
    shown
}
