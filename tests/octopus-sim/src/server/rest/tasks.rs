//! `/api/tasks`: how runs are doing.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use serde_json::Value;

use crate::server::World;
use crate::server::rest::paging::Paging;
use crate::server::rest::query::{Parameters, Scope, is_wanted, words};
use crate::server::rest::{Caller, Refusal};
use crate::server::state::tasks::Task;

type Answer = Result<Json<Value>, Refusal>;

/// Tasks of the spaces asked for, newest first.
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<Parameters>,
) -> Answer {
    page(&world, &caller, &query, &Scope::asked(&query))
}

/// Tasks of one space, newest first.
pub(crate) async fn list_of_space(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path(space): Path<String>,
    Query(query): Query<Parameters>,
) -> Answer {
    page(&world, &caller, &query, &Scope::of_space(&space, &query))
}

/// One task of the spaces asked for.
pub(crate) async fn get(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(query): Query<Parameters>,
) -> Answer {
    one(&world, &caller, &id, &Scope::asked(&query))
}

/// One task of one space.
pub(crate) async fn get_of_space(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path((space, id)): Path<(String, String)>,
    Query(query): Query<Parameters>,
) -> Answer {
    one(&world, &caller, &id, &Scope::of_space(&space, &query))
}

/// Tasks of a space that the caller may not look into are left out of a list.
fn page(world: &World, caller: &Caller, query: &Parameters, scope: &Scope) -> Answer {
    if !caller.views_tasks() {
        return Err(Refusal::missing_permission("TaskView"));
    }
    let (ids, states) = (words(query, "ids"), words(query, "states"));
    let is_meant = |task: &Task| {
        scope.holds(task.space.as_deref())
            && is_wanted(ids.as_deref(), &task.id)
            && is_wanted(states.as_deref(), &task.state.to_string())
            && caller.views_tasks_of(task.space.as_deref())
    };
    let paging = Paging::asked(query, world.settings.largest_page)?;
    let state = world.state();
    let newest_first = state.tasks.all().iter().rev();
    let matching: Vec<_> = newest_first.filter(|task| is_meant(task)).collect();
    Ok(Json(paging.of(matching.into_iter(), Task::shown)))
}

fn one(world: &World, caller: &Caller, id: &str, scope: &Scope) -> Answer {
    let state = world.state();
    let task = state.tasks.get(id);
    let task = task.filter(|task| scope.holds(task.space.as_deref()));
    let task = task.ok_or_else(Refusal::not_found)?;
    if !caller.views_tasks_of(task.space.as_deref()) {
        return Err(Refusal::missing_permission("TaskView"));
    }
    Ok(Json(task.shown()))
}
