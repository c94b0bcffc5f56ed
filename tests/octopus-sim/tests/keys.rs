//! Making, listing and revoking keys.

mod support;

use jiff::{SignedDuration, Timestamp};
use octopus_sim::{ALICE, Octopus, RUNBOOK_SVC};
use serde_json::json;
use support::{Answer, Client};

const OWN: &str = "/api/users/Users-21/apikeys";

fn in_hours(octopus: &Octopus, hours: i64) -> Timestamp {
    octopus.now() + SignedDuration::from_hours(hours)
}

fn create(client: &Client, expires: Timestamp) -> Answer {
    client.post(
        OWN,
        &json!({ "Purpose": "x", "Expires": expires.to_string() }),
    )
}

#[test]
fn an_expiry_in_the_past_or_past_the_longest_life_is_refused() {
    let octopus = Octopus::start();
    let client = Client::service(&octopus);
    let past = create(&client, in_hours(&octopus, -1));
    assert_eq!(
        (past.status, past.reason()),
        (400, "The expiry date is in the past.")
    );
    let far = create(&client, in_hours(&octopus, 367 * 24));
    assert_eq!(far.status, 400);
    assert!(far.reason().contains("366 days"), "{}", far.reason());
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}

#[test]
fn a_key_does_not_make_one_that_outlives_it() {
    let octopus = Octopus::start();
    let short = octopus.add_key(RUNBOOK_SVC, "short", Some(in_hours(&octopus, 2)));
    let client = Client::with_key(octopus.url(), &short.secret);
    assert_eq!(create(&client, in_hours(&octopus, 3)).status, 400);
    assert_eq!(create(&client, in_hours(&octopus, 1)).status, 200);
}

#[test]
fn an_omitted_expiry_is_180_days_and_null_the_maximum() {
    let octopus = Octopus::start();
    let client = Client::service(&octopus);
    client.post(OWN, &json!({ "Purpose": "omitted" }));
    client.post(OWN, &json!({ "Purpose": "null", "Expires": null }));
    let days: Vec<_> = octopus.keys(RUNBOOK_SVC)[1..]
        .iter()
        .map(|key| {
            key.expires
                .expect("an expiry")
                .duration_since(key.created)
                .as_hours()
                / 24
        })
        .collect();
    assert_eq!(days, [180, 366]);
}

#[test]
fn a_read_only_key_reads_and_changes_nothing() {
    let octopus = Octopus::start();
    let wanted = json!({ "Purpose": "look", "AccessLevel": "ReadOnly", "ActorType": "AiAgent" });
    let made = Client::service(&octopus).post(OWN, &wanted);
    let id = made.body["Id"].as_str().expect("an id");
    let client = Client::with_key(octopus.url(), made.body["ApiKey"].as_str().expect("a key"));
    let stored = client.get(&format!("{OWN}/{id}"));
    assert_eq!(stored.body["AccessLevel"], "ReadOnly");
    assert_eq!(stored.body["ActorType"], "AiAgent");
    let refused = client.post("/api/Spaces-1/environments", &json!({ "Name": "x" }));
    assert_eq!(refused.status, 403);
    assert_eq!(client.delete(&format!("{OWN}/{id}")).status, 403);
}

#[test]
fn keys_of_other_people_are_refused_even_to_an_administrator() {
    let octopus = Octopus::start();
    let admin = Client::with_key(octopus.url(), octopus.admin_key());
    let refused = admin.post(
        &format!("/api/users/{ALICE}/apikeys"),
        &json!({ "Purpose": "x" }),
    );
    assert_eq!(refused.status, 403);
    let message = "You do not have permission to perform this action.";
    assert_eq!(refused.body["ErrorMessage"], message);
}
