//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};

use crate::server::World;
use crate::server::rest::Refusal;
use crate::server::rest::{
    action_templates, api_keys, audit, packages, root, space_content, spaces, tasks, users,
};

/// The REST API, below the virtual directory if the server has one.
pub(crate) fn routes(world: Arc<World>) -> Router {
    let api = Router::new()
        .route("/api", get(root::server))
        .route("/api/", get(root::server))
        .route("/api/{space}", get(root::space))
        .route("/api/users", get(users::list))
        .route("/api/users/all", get(users::all))
        .route("/api/users/me", get(users::me))
        .route("/api/users/{id}", get(users::get))
        .route(
            "/api/users/{id}/apikeys",
            get(api_keys::list).post(api_keys::create),
        )
        .route(
            "/api/users/{id}/apikeys/{key}",
            get(api_keys::get).delete(api_keys::delete),
        )
        .route("/api/events", get(audit::list))
        .route("/api/{space}/events", get(audit::list_of_space))
        .route("/api/tasks", get(tasks::list))
        .route("/api/tasks/{id}", get(tasks::get))
        .route("/api/{space}/tasks", get(tasks::list_of_space))
        .route("/api/{space}/tasks/{id}", get(tasks::get_of_space))
        .route("/api/spaces", get(spaces::list))
        .route("/api/spaces/all", get(spaces::all))
        .route("/api/spaces/{id}", get(spaces::get))
        .route(
            "/api/{space}/actiontemplates",
            get(action_templates::list).post(action_templates::create),
        )
        .route(
            "/api/{space}/actiontemplates/{id}",
            get(action_templates::get).put(action_templates::change),
        )
        .route(
            "/api/{space}/packages/raw",
            post(packages::upload).layer(DefaultBodyLimit::disable()),
        )
        .merge(contents("/api/{space}/{kind}"))
        // Without a space, a request is about the default one.
        .merge(contents("/api/environments"))
        .merge(contents("/api/projects"));
    let directory = world.settings.virtual_directory.clone();
    let all = if directory.is_empty() {
        api
    } else {
        Router::new().nest(&directory, api)
    };
    all.fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || {
            let message = "The method is not allowed for this resource.";
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message)
        })
        .with_state(world)
}

/// What a space holds, at this path.
fn contents(path: &str) -> Router<Arc<World>> {
    Router::new()
        .route(path, get(space_content::list).post(space_content::create))
        .route(&format!("{path}/all"), get(space_content::all))
        .route(
            &format!("{path}/{{id}}"),
            get(space_content::get)
                .put(space_content::change)
                .delete(space_content::delete),
        )
}
