//! Step templates and packages: what an import begins with, and what is refused.

mod support;

use octopus_sim::Octopus;
use serde_json::json;
use support::Client;

const TEMPLATES: &str = "/api/Spaces-1/actiontemplates";

#[test]
fn an_imported_template_begins_at_version_0_and_each_change_raises_it() {
    let octopus = Octopus::start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let template = json!({
        "Name": "Say hello", "ActionType": "Octopus.Script", "SpaceId": "Spaces-1", "Version": 7,
    });
    let made = client.post(TEMPLATES, &template);
    assert_eq!((made.status, made.body["Version"].as_u64()), (201, Some(0)));
    let id = made.body["Id"].as_str().expect("an id").to_owned();
    let changed = json!({ "Id": id, "Name": "Say bye", "SpaceId": "Spaces-1" });
    let changed = client.put(&format!("{TEMPLATES}/{id}"), &changed);
    assert_eq!(changed.body["Version"], 1);
    assert_eq!(changed.body["ActionType"], "Octopus.Script");
    assert_eq!(client.get(TEMPLATES).each("Name"), ["Say bye"]);
}

#[test]
fn a_template_needs_its_space_and_a_name_of_its_own() {
    let octopus = Octopus::start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let mut template = json!({ "Name": "Say hello", "ActionType": "Octopus.Script" });
    assert_eq!(client.post(TEMPLATES, &template).status, 400);
    template["SpaceId"] = json!("Spaces-1");
    assert_eq!(client.post(TEMPLATES, &template).status, 201);
    assert_eq!(client.post(TEMPLATES, &template).status, 400);
}

#[test]
fn each_space_has_a_library_of_its_own() {
    let octopus = Octopus::start();
    let second = octopus.add_space("Second");
    let client = Client::with_key(octopus.url(), octopus.service_key());
    assert_eq!(
        client.get("/api/spaces").each("Name"),
        ["Default", "Second"]
    );
    let template = json!({
        "Name": "Say hello", "ActionType": "Octopus.Script", "SpaceId": second,
    });
    let made = client.post(&format!("/api/{second}/actiontemplates"), &template);
    assert_eq!(made.status, 201);
    assert_eq!(octopus.action_templates("Spaces-1").len(), 0);
    assert_eq!(octopus.action_templates(&second).len(), 1);
    assert_eq!(client.get("/api/Spaces-9/actiontemplates").status, 404);
}
