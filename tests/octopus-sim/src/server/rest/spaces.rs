//! `/api/spaces`: the spaces.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, Query, State};
use serde_json::{Value, json};

use crate::server::World;
use crate::server::rest::Refusal;
use crate::server::rest::named::Wanted;
use crate::server::rest::paging::Paging;
use crate::server::rest::query::Parameters;

/// The spaces, paged.
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<Parameters>,
) -> Result<Json<Value>, Refusal> {
    let paging = Paging::asked(&query, world.settings.largest_page)?;
    let wanted = Wanted::asked(&query);
    let spaces = world.state().library.spaces();
    let matching = spaces.into_iter().filter(|space| wanted.is(space));
    let matching: Vec<_> = matching.collect();
    let page = paging.of(matching.into_iter(), |space| shown(space, &world));
    Ok(Json(paging.linked(page, &uri, "Space", "ids,partialName")))
}

/// The spaces, all of them.
pub(crate) async fn all(State(world): State<Arc<World>>) -> Json<Value> {
    let spaces = world.state().library.spaces();
    let shown = spaces.into_iter().map(|space| shown(space, &world));
    Json(shown.collect())
}

/// One space.
pub(crate) async fn get(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let space = find(&world, &id).ok_or_else(Refusal::not_found)?;
    Ok(Json(shown(space, &world)))
}

/// The space with this id.
pub(crate) fn find(world: &World, id: &str) -> Option<Value> {
    let spaces = world.state().library.spaces();
    spaces.into_iter().find(|space| space["Id"] == id)
}

fn shown(mut space: Value, world: &World) -> Value {
    let home = format!(
        "{}/api/{}",
        world.settings.virtual_directory,
        space["Id"].as_str().unwrap_or_default()
    );
    space["TaskQueueStopped"] = json!(false);
    space["SpaceManagersTeams"] = json!([]);
    space["SpaceManagersTeamMembers"] = json!([]);
    space["Links"] = json!({
        "Self": home.replacen("/api/", "/api/spaces/", 1),
        "SpaceHome": home,
    });
    space
}
