//! `/api/tasks`: how runs are doing.

use serde_json::{Value, json};

use crate::server::rest::Refusal;
use crate::server::rest::call::{Answer, Call, ok};
use crate::server::rest::paging::page;
use crate::server::rest::query::{Scope, is_wanted, words};
use crate::server::state::State;
use crate::server::state::tasks::Task;

/// Tasks of the spaces asked for, newest first, paged.
pub(crate) fn list(call: &Call<'_>) -> Answer {
    let state = call.world.state();
    let filters = "ids,states,name,active,running,partialName,spaces,includeSystem";
    let tasks = meant(call, &state)?;
    page(call, ("Task", filters), tasks, |task| shown(call, task))
}

/// The same, on no page.
pub(crate) fn all(call: &Call<'_>) -> Answer {
    let state = call.world.state();
    ok(meant(call, &state)?
        .into_iter()
        .map(|task| shown(call, task))
        .collect())
}

/// One task of the spaces asked for.
pub(crate) fn get(call: &Call<'_>) -> Answer {
    call.need("TaskView")?;
    let state = call.world.state();
    let scope = Scope::asked(call);
    let task = state.tasks.get(call.part(1));
    let task = task.filter(|task| scope.includes(task.space.as_deref()));
    let task = task.ok_or_else(Refusal::not_found)?;
    ok(shown(call, task))
}

/// One task with its log, which is empty here.
pub(crate) fn details(call: &Call<'_>) -> Answer {
    let (status, task) = get(call)?;
    Ok((
        status,
        json!({ "Task": task, "ActivityLogs": [], "Links": {} }),
    ))
}

fn meant<'a>(call: &Call<'_>, state: &'a State) -> Result<Vec<&'a Task>, Refusal> {
    call.need("TaskView")?;
    let scope = Scope::asked(call);
    let (ids, states) = (words(&call.query, "ids"), words(&call.query, "states"));
    let is_meant = |task: &&Task| {
        scope.includes(task.space.as_deref())
            && is_wanted(ids.as_deref(), &task.id)
            && is_wanted(states.as_deref(), &task.state.to_string())
    };
    Ok(state.tasks.all.iter().rev().filter(is_meant).collect())
}

fn shown(call: &Call<'_>, task: &Task) -> Value {
    let mut shown = task.shown();
    let link = call.link(&format!("/tasks/{}", task.id));
    shown["Links"] = json!({ "Self": link });
    shown
}
