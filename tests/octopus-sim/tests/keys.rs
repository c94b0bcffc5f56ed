//! Making, listing and revoking keys.

mod support;

use jiff::{SignedDuration, Timestamp};
use octopus_sim::{ALICE, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings};
use serde_json::json;
use support::{Answer, Client};

const OWN: &str = "/api/users/Users-21/apikeys";

fn service(octopus: &Octopus) -> Client {
    Client::with_key(octopus.url(), octopus.service_key())
}

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
fn only_the_answer_to_the_creation_holds_the_secret() {
    let octopus = Octopus::start();
    let client = service(&octopus);
    let made = create(&client, in_hours(&octopus, 1));
    let secret = made.body["ApiKey"].as_str().expect("a secret");
    assert_eq!(made.status, 200);
    assert!(secret.starts_with("API-") && secret.len() == 36, "{secret}");
    let listed = client.get(OWN);
    assert_eq!(
        listed.body["Items"][0]["ApiKey"],
        json!({ "HasValue": true, "NewValue": null, "Hint": &secret[..8] })
    );
    assert!(!listed.body.to_string().contains(secret));
    assert!(octopus.every_secret().contains(&secret.to_owned()));
}

#[test]
fn keys_are_listed_newest_first_in_pages_of_30() {
    let octopus = Octopus::start();
    octopus.add_keys(RUNBOOK_SVC, 70);
    let client = service(&octopus);
    let first = client.get(OWN);
    assert_eq!(first.each("Purpose")[0], "Unrelated key 70");
    assert_eq!(first.each("Id").len(), 30);
    assert_eq!(first.body["TotalResults"], 71);
    assert_eq!(first.body["NumberOfPages"], 3);
    assert_eq!(first.body["LastPageNumber"], 2);
    let last = client.get(&format!("{OWN}?skip=60"));
    assert_eq!(last.each("Id").len(), 11);
    assert_eq!(last.each("Purpose")[10], "Runbooks");
}

#[test]
fn partial_purpose_ignores_case_and_an_old_server_ignores_it() {
    for (settings, expected) in [(Settings::default(), 1), (Settings::old_server(), 3)] {
        let octopus = settings.start();
        octopus.add_key(RUNBOOK_SVC, "Alice King (alice) [runkey T-1]", None);
        octopus.add_key(RUNBOOK_SVC, "Bob Ng (bob) [runkey T-2]", None);
        let page = service(&octopus).get(&format!("{OWN}?partialPurpose=aLICE%20kING"));
        assert_eq!(page.each("Id").len(), expected);
    }
}

#[test]
fn an_expiry_in_the_past_or_past_the_longest_life_is_refused() {
    let octopus = Octopus::start();
    let client = service(&octopus);
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
fn without_an_expiry_a_key_lives_180_days_and_with_null_the_longest_life() {
    let octopus = Octopus::start();
    let client = service(&octopus);
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
fn an_old_server_ignores_the_expiry_and_does_not_show_it() {
    let octopus = Settings::old_server().start();
    let client = service(&octopus);
    let made = create(&client, in_hours(&octopus, -5));
    assert_eq!(made.status, 200);
    assert_eq!(made.body.get("Expires"), None);
    let item = &client.get(OWN).body["Items"][0];
    assert_eq!((item.get("Expires"), item.get("AccessLevel")), (None, None));
}

#[test]
fn a_read_only_key_reads_and_changes_nothing() {
    let octopus = Octopus::start();
    let wanted = json!({ "Purpose": "look", "AccessLevel": "ReadOnly", "ActorType": "AiAgent" });
    let made = service(&octopus).post(OWN, &wanted);
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

#[test]
fn keys_of_another_service_account_need_the_permission_to_edit_users() {
    for (service_account_lacks, status) in [(vec![], 200), (vec!["UserEdit"], 403)] {
        let settings = Settings {
            service_account_lacks,
            ..Settings::default()
        };
        let octopus = settings.start();
        let path = format!("/api/users/{RUNBOOK_ALICE}/apikeys");
        let answer = service(&octopus).post(&path, &json!({ "Purpose": "x" }));
        assert_eq!(answer.status, status);
        let alice = Client::with_key(octopus.url(), octopus.key_of_alice());
        assert_eq!(alice.get(&path).status, 403);
    }
}

#[test]
fn a_revoked_key_is_gone_and_answers_401() {
    let octopus = Octopus::start();
    let added = octopus.add_key(RUNBOOK_SVC, "x", None);
    let client = service(&octopus);
    let path = format!("{OWN}/{}", added.id);
    let revoked = client.delete(&path);
    assert_eq!((revoked.status, revoked.body), (200, json!({})));
    assert_eq!(client.delete(&path).status, 404);
    assert_eq!(client.get(&path).status, 404);
    let with_it = Client::with_key(octopus.url(), &added.secret);
    assert_eq!(with_it.get("/api/users/me").status, 401);
}

#[test]
fn an_expired_key_is_listed_and_answers_401() {
    let octopus = Octopus::start();
    let added = octopus.add_key(RUNBOOK_SVC, "x", Some(in_hours(&octopus, 1)));
    let client = Client::with_key(octopus.url(), &added.secret);
    assert_eq!(client.get("/api/users/me").status, 200);
    octopus.advance_clock(SignedDuration::from_hours(2));
    assert_eq!(client.get("/api/users/me").status, 401);
    let listed = service(&octopus).get(OWN);
    assert_eq!(listed.each("Purpose")[0], "x");
    assert!(octopus.keys(RUNBOOK_SVC)[1].is_expired(octopus.now()));
}
