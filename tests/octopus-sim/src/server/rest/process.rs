//! The processes of runbooks, and the step templates in them.

use serde_json::{Value, json};

use crate::server::rest::call::{Answer, Call, ok};
use crate::server::state::kinds::Kind;

/// What a snapshot of a runbook must choose: a version for each package.
pub(crate) fn snapshot_template(call: &Call<'_>) -> Answer {
    let process = call.find(Kind::named("runbookprocesses"), call.part(1))?;
    let steps = process.fields["Steps"].as_array().into_iter().flatten();
    let packages: Vec<_> = steps
        .flat_map(|step| step["Actions"].as_array().into_iter().flatten())
        .flat_map(|action| {
            let packages = action["Packages"].as_array().into_iter().flatten();
            packages.map(|package| {
                json!({
                    "ActionName": action["Name"], "PackageReferenceName": package["Name"],
                    "PackageId": package["PackageId"], "FeedId": package["FeedId"],
                })
            })
        })
        .collect();
    let state = call.world.state();
    let all = state
        .documents
        .all(Kind::named("runbooksnapshots"), call.space())
        .count();
    ok(json!({
        "NextNameIncrement": format!("Snapshot {}", all + 1),
        "RunbookProcessId": process.id,
        "Packages": packages,
    }))
}

/// Gives each variable, step and action that is new an ID.
pub(crate) fn give_ids(fields: &mut Value) {
    for list in ["Variables", "Steps", "Actions"] {
        let items = fields.get_mut(list).and_then(Value::as_array_mut);
        for item in items.into_iter().flatten() {
            if item.is_object() && !item["Id"].is_string() {
                item["Id"] = json!(format!("{:032x}", fastrand::u128(..)));
            }
            give_ids(item);
        }
    }
}
