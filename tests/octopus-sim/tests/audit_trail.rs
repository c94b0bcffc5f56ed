//! What is audited, and who may read it.

mod support;

use octopus_sim::{Event, Octopus, RUNBOOK_SVC};
use serde_json::json;
use support::Client;

const EVERYWHERE: &str = "/api/events?spaces=all&includeSystem=true";

#[test]
fn a_change_names_the_purpose_of_the_key_it_was_made_with() {
    let octopus = Octopus::start();
    let key = octopus.add_key(RUNBOOK_SVC, "Alice King (alice) [runkey T-1]", None);
    let client = Client::with_key(octopus.url(), &key.secret);
    let path = "/api/Spaces-1/projects/Projects-1";
    let mut project = client.get(path).body;
    project["IsDisabled"] = json!(true);
    assert_eq!(client.put(path, &project).status, 200);
    let event = &octopus.events()[0];
    assert_eq!(event.category, "Modified");
    assert_eq!(event.message, "Project Web Shop was changed");
    assert_eq!(event.related_document_ids, ["Projects-1"]);
    assert_eq!(event.space_id.as_deref(), Some("Spaces-1"));
    assert_eq!(event.username, "runbook-svc");
    assert_eq!(event.user_agent, "a test");
    assert_eq!(event.api_key_id.as_ref(), Some(&key.id));
    assert_eq!(event.api_key_hint.as_deref(), Some(&key.secret[..8]));
    let start = "API key 'Alice King (alice) [runkey T-1]' created ";
    let established = &event.identity_established_with;
    assert!(
        established.starts_with(start) && established.ends_with(" GMT"),
        "{established}"
    );
}

#[test]
fn creating_and_revoking_keys_are_events_of_the_system() {
    let octopus = Octopus::start();
    let client = Client::service(&octopus);
    let keys = format!("/api/users/{RUNBOOK_SVC}/apikeys");
    let made = client.post(&keys, &json!({ "Purpose": "x" }));
    client.get(&keys);
    client.delete(&format!(
        "{keys}/{}",
        made.body["Id"].as_str().expect("an id")
    ));
    assert_eq!(client.get("/api/events").body["TotalResults"], 0);
    let all = client.get(EVERYWHERE);
    assert_eq!(all.each("Category"), ["Deleted", "Created"]);
    assert!(all.body["Items"][0]["SpaceId"].is_null());
    let secret = made.body["ApiKey"].as_str().expect("a secret");
    assert!(!all.body.to_string().contains(secret));
}

#[test]
fn events_are_narrowed_by_user_time_category_and_document() {
    let octopus = Octopus::start();
    octopus.add_events(RUNBOOK_SVC, 10);
    let other = Event {
        category: "Deleted".to_owned(),
        user_id: "Users-2".to_owned(),
        message: "Environment <b>Test</b> was deleted".to_owned(),
        related_document_ids: vec!["Environments-1".to_owned()],
        space_id: Some("Spaces-1".to_owned()),
        ..Event::default()
    };
    octopus.add_event(other);
    let client = Client::service(&octopus);
    let total = |query: &str| {
        let answer = client.get(&format!("/api/Spaces-1/events?{query}"));
        answer.body["TotalResults"].as_u64().expect("a total")
    };
    assert_eq!(total(""), 11);
    assert_eq!(total("users=Users-21"), 10);
    assert_eq!(total("users=Users-21,Users-2"), 11);
    assert_eq!(total("eventCategories=Deleted"), 1);
    assert_eq!(total("documentTypes=Environments"), 1);
    let sixth = octopus.events()[5].occurred;
    assert_eq!(total(&format!("users=Users-21&from={sixth}")), 5);
    assert_eq!(total(&format!("to={sixth}")), 5);
}
