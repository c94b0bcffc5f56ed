//! Rules of the server that no test of runkey's comes across.

mod support;

use std::time::Duration;

use octopus_sim::{Event, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, RateLimit, Settings};
use serde_json::json;
use support::Client;

const KEYS: &str = "/api/users/Users-21/apikeys";

/// A client with a new key of the service account's, which has these properties.
fn with_new_key(octopus: &Octopus, wanted: &serde_json::Value) -> Client {
    let key = Client::service(octopus).post(KEYS, wanted).body;
    Client::with_key(octopus.url(), key["ApiKey"].as_str().expect("a key"))
}

#[test]
fn an_omitted_expiry_is_180_days_and_null_the_maximum() {
    let octopus = Octopus::start();
    with_new_key(&octopus, &json!({ "Purpose": "omitted" }));
    with_new_key(&octopus, &json!({ "Purpose": "null", "Expires": null }));
    let keys = octopus.keys(RUNBOOK_SVC).into_iter().skip(1);
    let lives = keys.map(|key| key.expires.expect("an expiry").duration_since(key.created));
    let days: Vec<_> = lives.map(|life| life.as_hours() / 24).collect();
    assert_eq!(days, [180, 366]);
}

#[test]
fn a_read_only_key_reads_and_changes_nothing() {
    let octopus = Octopus::start();
    let wanted = json!({ "Purpose": "look", "AccessLevel": "ReadOnly" });
    let client = with_new_key(&octopus, &wanted);
    let environments = "/api/Spaces-1/environments";
    assert_eq!(client.get(environments).status, 200);
    let refused = client.post(environments, &json!({ "Name": "x" }));
    assert_eq!(refused.status, 403);
}

#[test]
fn agents_and_addresses_have_buckets_of_their_own() {
    let octopus = Settings {
        rate_limit: Some(RateLimit {
            requests: 1,
            per: Duration::from_hours(1),
            burst: 2,
            retry_after: true,
        }),
        ..Settings::default()
    }
    .start();
    let wanted = json!({ "Purpose": "x", "ActorType": "AiAgent" });
    let agent = with_new_key(&octopus, &wanted);
    let nobody = Client::anonymous(octopus.url());
    let person = Client::service(&octopus);
    let thrice = |client: &Client| [0; 3].map(|_| client.get("/api").status);
    assert_eq!(thrice(&agent), [200, 200, 429]);
    assert_eq!(thrice(&nobody), [200, 200, 429]);
    assert_eq!(thrice(&person), [200, 429, 429]);
    let refused = person.send("GET", "/api", &[], "").expect("a response");
    let headers = refused.headers();
    assert_eq!(headers["octopus-ratelimit-policy"], "l=2;rpm=0");
    assert_eq!(headers["octopus-ratelimit"], "r=0;t=7200");
    assert_eq!(headers["retry-after"], "3600");
}

#[test]
fn identities_have_wildcards_and_audiences_of_their_own() {
    let octopus = Octopus::start();
    let (issuer, audience) = ("https://token.actions.example", "api://octopus");
    let pattern = "repo:acme/*:environment:prod-?";
    octopus.add_oidc_identity(RUNBOOK_ALICE, issuer, pattern, Some(audience));
    let fits = "repo:acme/shop:environment:prod-1";
    for (issuer, subject, audience, status) in [
        (issuer, fits, audience, 200),
        (issuer, "repo:acme/shop:environment:prod-12", audience, 400),
        (issuer, "repo:evil/shop:environment:prod-1", audience, 400),
        (issuer, fits, "Users-22", 400),
        ("", fits, audience, 400),
    ] {
        let body = json!({
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "audience": octopus.service_account_id(RUNBOOK_ALICE),
            "subject_token": octopus.issue_id_token(issuer, subject, audience),
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        });
        let answer = Client::anonymous(octopus.url()).post("/token/v1", &body);
        assert_eq!(answer.status, status, "{subject}: {}", answer.body);
    }
}

#[test]
fn events_are_narrowed_by_user_time_category_and_document() {
    let octopus = Octopus::start();
    for (user_id, category, document) in [
        (RUNBOOK_SVC, "Modified", "Projects-1"),
        (RUNBOOK_SVC, "Modified", "Projects-1"),
        ("Users-2", "Deleted", "Environments-1"),
    ] {
        let second = jiff::SignedDuration::from_secs(1);
        octopus.advance_clock(second);
        octopus.add_event(Event {
            category: category.to_owned(),
            user_id: user_id.to_owned(),
            related_document_ids: vec![document.to_owned()],
            space_id: Some("Spaces-1".to_owned()),
            ..Event::default()
        });
    }
    let client = Client::service(&octopus);
    let second = octopus.events()[1].occurred;
    for (query, total) in [
        ("", 3),
        ("users=Users-21", 2),
        ("users=Users-21,Users-2", 3),
        ("eventCategories=Deleted", 1),
        ("documentTypes=Environments", 1),
        (&format!("from={second}"), 2),
        (&format!("users=Users-21&to={second}"), 1),
    ] {
        let page = client.get(&format!("/api/Spaces-1/events?{query}")).body;
        assert_eq!(page["TotalResults"], total, "{query}");
    }
}

#[test]
fn a_stale_version_is_refused() {
    let octopus = Octopus::start();
    let client = Client::service(&octopus);
    let path = "/api/Spaces-1/variables/variableset-Projects-1";
    let set = client.get(path).body;
    assert_eq!(client.put(path, &set).body["Version"], 1);
    assert_eq!(client.put(path, &set).status, 409);
}
