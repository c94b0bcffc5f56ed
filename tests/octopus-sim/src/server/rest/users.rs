//! `/api/users`: the accounts.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use serde_json::Value;

use crate::server::World;
use crate::server::rest::Caller;
use crate::server::rest::Refusal;
use crate::server::rest::paging::{Paging, Parameters};
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
    let page = paging.of(matching.into_iter(), Person::shown);
    Ok(Json(page))
}

fn show(world: &World, id: &str) -> Result<Json<Value>, Refusal> {
    let state = world.state();
    let person = state.people.get(id).ok_or_else(Refusal::not_found)?;
    Ok(Json(person.shown()))
}
