//! `/api` and `/api/{space}`: what a client asks first, to learn which server it has found and
//! where everything is.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use serde_json::{Value, json};

use crate::server::World;
use crate::server::rest::Refusal;
use crate::server::rest::spaces;
use crate::server::state::documents::DEFAULT_SPACE;

/// The server itself. Of the real server's links, those that lead somewhere here.
pub(crate) async fn server(State(world): State<Arc<World>>) -> Json<Value> {
    let directory = &world.settings.virtual_directory;
    let mut links = links_in_space(directory, DEFAULT_SPACE);
    for (name, template) in [
        ("Self", "/api"),
        ("CurrentUser", "/api/users/me"),
        (
            "Events",
            "/api/events{/id}{?skip,users,from,to,eventCategories,documentTypes,take,spaces,includeSystem,excludeDifference}",
        ),
        ("SpaceHome", "/api/{spaceId}"),
        ("Spaces", "/api/spaces{/id}{?skip,ids,take,partialName}"),
        (
            "Tasks",
            "/api/tasks{/id}{?skip,ids,states,take,spaces,includeSystem}",
        ),
        ("Users", "/api/users{/id}{?skip,take,ids,filter}"),
        ("Web", "/app"),
    ] {
        links[name] = json!(format!("{directory}{template}"));
    }
    let mut root = json!({
        "Application": "Octopus Deploy",
        "ApiVersion": "3.0.0",
        "InstallationId": "5e0c1f0a-7a3b-4d5e-9f21-6b8c2d4e0a17",
        "HasLongTermSupport": false,
        "IsEarlyAccessProgram": false,
        "Links": links,
    });
    if world.settings.tells_version {
        let version = if world.settings.knows_expiry {
            "2026.3.11151"
        } else {
            "2020.5.0"
        };
        root["Version"] = json!(version);
    }
    Json(root)
}

/// One space's own root: its links.
pub(crate) async fn space(
    State(world): State<Arc<World>>,
    OriginalUri(uri): OriginalUri,
    Path(space): Path<String>,
) -> Result<Json<Value>, Refusal> {
    spaces::find(&world, &space).ok_or_else(Refusal::not_found)?;
    let mut links = links_in_space(&world.settings.virtual_directory, &space);
    links["Self"] = json!(uri.path());
    Ok(Json(json!({ "Id": space, "Links": links })))
}

/// Whether this request is answered without a credential: the root is, and nothing else.
pub(crate) fn is_open_to_all(request: &Parts, virtual_directory: &str) -> bool {
    let anonymous = ["X-Octopus-ApiKey", AUTHORIZATION.as_str()]
        .iter()
        .all(|name| !request.headers.contains_key(*name));
    let path = request.uri.path().strip_prefix(virtual_directory);
    anonymous && matches!(path, Some("/api" | "/api/"))
}

fn links_in_space(directory: &str, space: &str) -> Value {
    json!({
        "Environments": format!(
            "{directory}/api/{space}/environments{{/id}}{{?name,skip,ids,take,partialName}}"
        ),
        "Projects": format!(
            "{directory}/api/{space}/projects{{/id}}{{?name,skip,ids,take,partialName}}"
        ),
    })
}
