//! The server as its own OIDC issuer.

mod support;

use jiff::SignedDuration;
use octopus_sim::worker::{Runbook, Step, Variables, Worker};
use octopus_sim::{OIDC_SUBJECT, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings};
use serde_json::{Value, json};
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
fn the_well_known_document_names_the_token_endpoint() {
    let own = Octopus::start();
    let path = "/.well-known/openid-configuration";
    let found = Client::anonymous(own.url()).get(path).body;
    assert_eq!(found["token_endpoint"], format!("{}/token/v1", own.url()));
    for (token_endpoint, openid_connect, status) in [(json!(7), true, 200), (json!(7), false, 404)]
    {
        let octopus = Settings {
            token_endpoint: Some(token_endpoint),
            openid_connect,
            ..Settings::default()
        }
        .start();
        let answer = Client::anonymous(octopus.url()).get(path);
        assert_eq!(answer.status, status);
        assert_eq!(answer.body["token_endpoint"] == json!(7), openid_connect);
    }
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

#[test]
fn a_key_may_be_kept_from_outliving_the_token() {
    for (key_may_outlive_token, status) in [(true, 200), (false, 400)] {
        let octopus = Settings {
            key_may_outlive_token,
            ..Settings::default()
        }
        .start();
        let client = Client::with_token(octopus.url(), octopus.access_token());
        let expires = octopus.now() + SignedDuration::from_hours(2);
        let wanted = json!({ "Purpose": "x", "Expires": expires.to_string() });
        let answer = client.post("/api/users/Users-21/apikeys", &wanted);
        assert_eq!(answer.status, status);
    }
}

#[test]
fn identities_are_listed_created_and_deleted() {
    let octopus = Octopus::start();
    let client = Client::with_key(octopus.url(), octopus.admin_key());
    let base = format!("/api/serviceaccounts/{RUNBOOK_SVC}/oidcidentities");
    let wanted = json!({
        "ServiceAccountId": RUNBOOK_SVC, "Name": "runkey",
        "Issuer": octopus.url(), "Subject": "space:default:*",
    });
    assert_eq!(
        client.post(&format!("{base}/create/v1"), &wanted).status,
        201
    );
    let listed = client.get(&format!("{base}/v1?skip=0&take=100")).body;
    assert_eq!(
        listed["ExternalId"],
        octopus.service_account_id(RUNBOOK_SVC)
    );
    assert_eq!(listed["Count"], 2);
    let id = listed["OidcIdentities"][1]["Id"].as_str().expect("an ID");
    assert_eq!(client.delete(&format!("{base}/{id}/v1")).status, 200);
    assert_eq!(client.get(&format!("{base}/v1")).body["Count"], 1);
}

#[test]
fn each_step_gets_an_id_token_of_its_own() {
    let octopus = Octopus::start();
    let template = json!({
        "Properties": {
            "Octopus.Action.Script.Syntax": "Bash",
            "Octopus.Action.Script.ScriptBody":
                "set_octopusvariable Jwt \"$(get_octopusvariable Identity.OpenIdConnect.Jwt)\"
                 set_octopusvariable Audience \"$(get_octopusvariable Identity.Audience)\"",
        },
        "Parameters": [{
            "Name": "Identity", "DefaultValue": null,
            "DisplaySettings": { "Octopus.ControlType": "GenericOidcAccount" },
        }],
    })
    .to_string();
    let step = |name: &str| {
        let step = Step::from_template(name, &template).expect("a template");
        step.parameter("Identity", "Automation")
    };
    let worker = Worker::new().oidc_account("Automation", octopus.id_tokens(OIDC_SUBJECT));
    let runbook = Runbook::new().step(step("One")).step(step("Two"));
    let task = runbook
        .run(&worker, Variables::of_run(octopus.url()))
        .expect("Bash is here");
    let output = |step: &str, name: &str| {
        let step = task.step(step).expect("it ran");
        step.output(name).expect("a value").to_owned()
    };
    assert_ne!(output("One", "Jwt"), output("Two", "Jwt"));
    assert_eq!(
        output("One", "Audience"),
        octopus.service_account_id(RUNBOOK_SVC)
    );
    let exchanged = exchange(&octopus, RUNBOOK_SVC, &output("Two", "Jwt"));
    assert!(exchanged.body["access_token"] != Value::Null);
}
