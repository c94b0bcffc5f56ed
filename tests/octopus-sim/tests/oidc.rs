//! The server as its own OIDC issuer.

mod support;

use jiff::SignedDuration;
use octopus_sim::{OIDC_SUBJECT, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC};
use serde_json::json;
use support::{Answer, Client};

fn exchange(octopus: &Octopus, account: &str, id_token: &str) -> Answer {
    let body = json!({
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": octopus.service_account_id(account),
        "subject_token": id_token,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    });
    Client::anonymous(octopus.url()).post("/token/v1", &body)
}

fn id_token(octopus: &Octopus) -> String {
    octopus.id_tokens(OIDC_SUBJECT)().jwt
}

#[test]
fn exchanges_an_id_token_for_an_access_token_of_an_hour() {
    let octopus = Octopus::start();
    let answer = exchange(&octopus, RUNBOOK_SVC, &id_token(&octopus));
    assert_eq!(
        (answer.status, &answer.body["expires_in"]),
        (200, &json!(3600))
    );
    assert_eq!(answer.body["token_type"], "Bearer");
    let token = answer.body["access_token"].as_str().expect("a token");
    let client = Client::with_token(octopus.url(), token);
    assert_eq!(client.get("/api/users/me").body["Id"], RUNBOOK_SVC);
    octopus.advance_clock(SignedDuration::from_mins(61));
    assert_eq!(client.get("/api/users/me").status, 401);
    assert!(octopus.every_secret().contains(&token.to_owned()));
}

#[test]
fn refuses_what_does_not_match_an_identity() {
    let octopus = Octopus::start();
    let audience = octopus.service_account_id(RUNBOOK_SVC);
    let other_subject = octopus.issue_id_token("", "space:other", &audience);
    let other_issuer = octopus.issue_id_token("https://other.example", OIDC_SUBJECT, &audience);
    let other_audience = octopus.issue_id_token("", OIDC_SUBJECT, "Users-21");
    let forged = format!("{}x", id_token(&octopus));
    let expired = id_token(&octopus);
    for token in [&other_subject, &other_issuer, &other_audience, &forged] {
        let refused = exchange(&octopus, RUNBOOK_SVC, token);
        assert_eq!(refused.status, 400);
        assert!(refused.body["error"].is_string(), "{}", refused.body);
        assert!(refused.body["error_description"].is_string());
    }
    octopus.advance_clock(SignedDuration::from_hours(2));
    assert_eq!(exchange(&octopus, RUNBOOK_SVC, &expired).status, 400);
}

#[test]
fn subjects_have_wildcards_and_audiences_may_be_their_own() {
    let octopus = Octopus::start();
    octopus.add_oidc_identity(
        RUNBOOK_ALICE,
        "https://token.actions.example",
        "repo:acme/*:environment:prod-?",
        Some("api://octopus"),
    );
    for (subject, status) in [
        ("repo:acme/shop:environment:prod-1", 200),
        ("repo:acme/shop:environment:prod-12", 400),
        ("repo:evil/shop:environment:prod-1", 400),
    ] {
        let issuer = "https://token.actions.example";
        let token = octopus.issue_id_token(issuer, subject, "api://octopus");
        assert_eq!(exchange(&octopus, RUNBOOK_ALICE, &token).status, status);
    }
}
