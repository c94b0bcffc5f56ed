//! Setting up a space by API.

mod support;

use octopus_sim::Octopus;
use serde_json::{Value, json};
use support::Client;

const SPACE: &str = "/api/Spaces-1";

#[test]
fn a_stale_version_is_refused_and_secrets_are_kept_by_id() {
    let octopus = Octopus::start();
    let client = Client::service(&octopus);
    let path = format!("{SPACE}/variables/variableset-Projects-1");
    let mut set = client.get(&path).body;
    set["Variables"] =
        json!([{ "Name": "Secret", "Value": "s3cret", "Type": "Sensitive", "IsSensitive": true }]);
    let stored = client.put(&path, &set).body;
    assert_eq!(
        (&stored["Version"], &stored["Variables"][0]["Value"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(client.put(&path, &set).status, 409);
    assert_eq!(client.put(&path, &stored).status, 200);
    let secret = || octopus.documents("Spaces-1", "variables")[0]["Variables"][0]["Value"].clone();
    assert_eq!(secret(), "s3cret");
    let mut rebuilt = client.get(&path).body;
    rebuilt["Variables"][0]
        .as_object_mut()
        .expect("an object")
        .remove("Id");
    assert_eq!(client.put(&path, &rebuilt).status, 200);
    assert_eq!(secret(), Value::Null);
}

#[test]
fn an_imported_template_starts_at_0_and_rises_with_each_change() {
    let octopus = Octopus::start();
    let client = Client::service(&octopus);
    let path = format!("{SPACE}/actiontemplates");
    let body = json!({ "Name": "Create", "ActionType": "Octopus.Script", "SpaceId": "Spaces-1", "Version": 7 });
    let made = client.post(&path, &body).body;
    assert_eq!(made["Version"], 0);
    let id = made["Id"].as_str().expect("an ID");
    let changed = client.put(&format!("{path}/{id}"), &made).body;
    assert_eq!(changed["Version"], 1);
    assert_eq!(client.post(&path, &body).status, 400);
    assert_eq!(client.post(&path, &json!({ "Name": "x" })).status, 400);
}
