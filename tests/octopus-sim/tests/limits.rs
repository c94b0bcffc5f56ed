//! Rate limits: who shares a bucket, and what every response says of it.

mod support;

use std::time::Duration;

use octopus_sim::{Octopus, RUNBOOK_SVC, RateLimit, Settings};
use serde_json::json;
use support::Client;

fn limited(burst: u32) -> Octopus {
    Settings {
        rate_limit: Some(RateLimit {
            requests: 1,
            per: Duration::from_hours(1),
            burst,
            retry_after: true,
        }),
        ..Settings::default()
    }
    .start()
}

#[test]
fn limits_an_account_whatever_its_key() {
    let octopus = limited(3);
    let other_key = octopus.add_key(RUNBOOK_SVC, "another", None);
    let first = Client::service(&octopus);
    let second = Client::with_key(octopus.url(), &other_key.secret);
    let statuses =
        [&first, &second, &first, &second].map(|client| client.get("/api/spaces").status);
    assert_eq!(statuses, [200, 200, 200, 429]);
    let refused = second
        .send("GET", "/api/spaces", &[], "")
        .expect("a response");
    assert!(refused.headers().contains_key("retry-after"));
    let alice = Client::with_key(octopus.url(), octopus.key_of_alice());
    assert_eq!(alice.get("/api/spaces").status, 200);
}

#[test]
fn agents_and_addresses_have_buckets_of_their_own() {
    let octopus = limited(2);
    let person = Client::service(&octopus);
    let wanted = json!({ "Purpose": "x", "ActorType": "AiAgent" });
    let key = person.post("/api/users/Users-21/apikeys", &wanted).body;
    let agent = Client::with_key(octopus.url(), key["ApiKey"].as_str().expect("a key"));
    let nobody = Client::anonymous(octopus.url());
    let twice = |client: &Client| [0; 3].map(|_| client.get("/api").status);
    assert_eq!(twice(&agent), [200, 200, 429]);
    assert_eq!(twice(&nobody), [200, 200, 429]);
    assert_eq!(twice(&person), [200, 429, 429]);
}

#[test]
fn every_response_says_the_policy_and_what_it_leaves() {
    let octopus = limited(2);
    let client = Client::service(&octopus);
    let mut left = Vec::new();
    for path in ["/api/nothing", "/api/users/me", "/api/users/me"] {
        let response = client.send("GET", path, &[], "").expect("a response");
        assert_eq!(response.headers()["octopus-ratelimit-policy"], "l=2;rpm=0");
        let limit = response.headers()["octopus-ratelimit"].to_str();
        left.push(limit.expect("text").split(';').next().map(str::to_owned));
    }
    let expected = ["r=1", "r=0", "r=0"].map(|text| Some(text.to_owned()));
    assert_eq!(left, expected);
}
