//! The processes of runbooks, and the step templates in them.

use serde_json::{Value, json};

use crate::server::rest::Refusal;
use crate::server::rest::call::{Answer, Call, ok};
use crate::server::state::kinds::Kind;

/// The property by which an action refers to its step template.
const TEMPLATE: &str = "Octopus.Action.Template.Id";

/// What a snapshot of a runbook must choose: a version for each package.
pub(crate) fn snapshot_template(call: &Call<'_>) -> Answer {
    let state = call.world.state();
    let kind = Kind::named("runbookprocesses");
    let process = state.documents.find(kind, call.space(), call.part(1));
    let process = process.ok_or_else(Refusal::not_found)?;
    let packages: Vec<_> = actions(&process.fields)
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

/// Where a step template is used.
pub(crate) fn usage(call: &Call<'_>) -> Answer {
    let state = call.world.state();
    let all = state
        .documents
        .all(Kind::named("runbookprocesses"), call.space());
    let usage = all.flat_map(|process| {
        let of_template = actions(&process.fields).filter(|action| uses(action, call.part(1)));
        of_template.map(|action| {
            json!({
                "ProcessId": process.id, "RunbookId": process.fields["RunbookId"],
                "ProcessType": "RunbookProcess", "ActionId": action["Id"],
                "ActionName": action["Name"],
                "Version": action["Properties"]["Octopus.Action.Template.Version"],
            })
        })
    });
    ok(usage.collect())
}

/// Has actions follow their step template's version.
pub(crate) fn update_actions(call: &Call<'_>) -> Answer {
    let body = call.json()?;
    let mut state = call.world.state();
    let kind = Kind::named("actiontemplates");
    let template = state.documents.find(kind, call.space(), call.part(1));
    let template = template.ok_or_else(Refusal::not_found)?.fields.clone();
    let version = body
        .get("Version")
        .unwrap_or(&template["Version"])
        .to_string();
    let processes = state
        .documents
        .all(Kind::named("runbookprocesses"), call.space());
    let ids: Vec<_> = processes.map(|process| process.id.clone()).collect();
    for id in ids {
        let Some(process) = state.documents.get_mut(&id) else {
            continue;
        };
        let steps = process.fields["Steps"].as_array_mut().into_iter().flatten();
        let actions = steps.flat_map(|step| step["Actions"].as_array_mut().into_iter().flatten());
        for action in actions.filter(|action| uses(action, call.part(1))) {
            let properties = &mut action["Properties"];
            properties["Octopus.Action.Template.Version"] = json!(version);
            for name in [
                "Octopus.Action.Script.ScriptBody",
                "Octopus.Action.Script.Syntax",
            ] {
                properties[name] = template["Properties"][name].clone();
            }
        }
    }
    ok(json!({}))
}

/// Gives each variable, step and action that is new an ID.
pub(crate) fn give_ids(fields: &mut Value) {
    for list in ["Variables", "Steps", "Actions"] {
        for item in fields[list].as_array_mut().into_iter().flatten() {
            if item.is_object() && !item["Id"].is_string() {
                item["Id"] = json!(format!("{:032x}", fastrand::u128(..)));
            }
            give_ids(item);
        }
    }
    if let Some(fields) = fields.as_object_mut() {
        // Asking for a list that is not there has added it, empty.
        fields.retain(|name, value| {
            !(value.is_null() && ["Variables", "Steps", "Actions"].contains(&name.as_str()))
        });
    }
}

/// The actions of all steps.
pub(crate) fn actions(process: &Value) -> impl Iterator<Item = &Value> {
    let steps = process["Steps"].as_array().into_iter().flatten();
    steps.flat_map(|step| step["Actions"].as_array().into_iter().flatten())
}

fn uses(action: &Value, template: &str) -> bool {
    let used = action["Properties"][TEMPLATE].as_str();
    used.is_some_and(|used| used.eq_ignore_ascii_case(template))
}
