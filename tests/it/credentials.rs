//! Which credential authenticates, and how an ID token is exchanged (OIDC).

use octopus_sim::{Fault, OIDC_SUBJECT, Octopus, RUNBOOK_SVC};
use serde_json::{Value, json};

use crate::support::server::{DELETE, ME, POST, active_keys, requests, server_with};
use crate::support::wire::listen;
use crate::support::{PURPOSE, Runkey, create, delete};

const DISCOVERY: &str = "GET /.well-known/openid-configuration";
const EXCHANGE: &str = "POST /token/v1";

/// This run, with an ID token that the server itself issued.
fn with_id_token<'a>(octopus: &Octopus, run: Runkey<'a>) -> Runkey<'a> {
    let account = octopus.service_account_id(RUNBOOK_SVC);
    let token = octopus.issue_id_token("", OIDC_SUBJECT, &account);
    run.without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ID_TOKEN", token)
        .env("OCTOPUS_SERVICE_ACCOUNT_ID", account)
}

#[test]
fn exchanges_id_token_once() {
    let octopus = Octopus::start();
    with_id_token(&octopus, create(&octopus))
        .run()
        .expect_code(0);
    assert_eq!(requests(&octopus), [DISCOVERY, EXCHANGE, ME, POST]);
    let sent = octopus.requests();
    for request in &sent[..2] {
        assert_eq!(request.header("authorization"), None);
        assert_eq!(request.header("x-octopus-apikey"), None);
    }
    let body: Value = serde_json::from_str(&sent[1].body).unwrap();
    let mut expected = json!({
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": octopus.service_account_id(RUNBOOK_SVC),
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    });
    expected["subject_token"] = body["subject_token"].clone();
    assert_eq!(body, expected);
    for request in &sent[2..] {
        assert!(
            request
                .header("authorization")
                .unwrap()
                .starts_with("Bearer ")
        );
        assert_eq!(request.header("x-octopus-apikey"), None);
    }
    with_id_token(&octopus, delete(&octopus))
        .run()
        .expect_code(0);
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn accepts_id_token_of_another_issuer() {
    let octopus = Octopus::start();
    let issuer = "https://token.actions.githubusercontent.com";
    octopus.add_oidc_identity(RUNBOOK_SVC, issuer, "repo:acme/ops", None);
    let account = octopus.service_account_id(RUNBOOK_SVC);
    create(&octopus)
        .without("OCTOPUS_API_KEY")
        .env(
            "OCTOPUS_ID_TOKEN",
            octopus.issue_id_token(issuer, "repo:acme/ops", &account),
        )
        .args(["--service-account-id", &account])
        .run()
        .expect_code(0);
}

#[test]
fn accepts_access_token() {
    let octopus = Octopus::start();
    create(&octopus)
        .without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token())
        .run()
        .expect_code(0);
    let bearer = format!("Bearer {}", octopus.access_token());
    for request in octopus.requests() {
        assert_eq!(request.header("authorization"), Some(bearer.as_str()));
        assert_eq!(request.header("x-octopus-apikey"), None);
    }
}

#[test]
fn takes_only_the_path_of_a_token_endpoint_elsewhere() {
    let elsewhere = listen(|_, _| {});
    let host = elsewhere.address;
    for (endpoint, code) in [
        (json!(format!("http://{host}/token/v1")), 0),
        (json!(format!("https://{host}/token/v1")), 0),
        (json!(format!("http://user:password@{host}/token/v1")), 0),
        (json!(format!("http://{host}")), 1),
        (json!(format!("http://{host}//token/v1")), 1),
        (json!(format!("//{host}/token/v1")), 1),
        (json!(format!("http://{host}\\@x/token/v1")), 0),
        (json!(format!("http:///{host}/token/v1")), 1),
        (json!(format!("ftp://{host}/token/v1")), 1),
        (json!(format!("http://{host}/token v1")), 1),
        (json!(format!("http://{host}/token/v1#x")), 1),
        (json!("token"), 1),
        (json!(format!("http://{host}/token\r\nX-Injected: 1")), 1),
        (json!("/token/v1"), 1),
        (json!(""), 1),
        (json!(null), 1),
        (json!(7), 1),
        (json!(["http://x/y"]), 1),
    ] {
        let octopus = server_with(|settings| settings.token_endpoint = Some(endpoint.clone()));
        let run = with_id_token(&octopus, create(&octopus))
            .line("-v --retry-for 1s")
            .run();
        assert_eq!(run.code, code, "{endpoint}: {run:#?}");
        if code == 0 {
            assert_eq!(requests(&octopus)[1], EXCHANGE, "{endpoint}");
            assert!(run.has("its path is used at"), "{endpoint}: {run:#?}");
        } else {
            assert_eq!(requests(&octopus), [DISCOVERY], "{endpoint}");
        }
    }
    assert_eq!(elsewhere.requests(), [""; 0]);
}

#[test]
fn keeps_virtual_directory_of_the_token_endpoint_once() {
    let octopus = server_with(|settings| settings.virtual_directory = "/octopus".to_owned());
    with_id_token(&octopus, create(&octopus))
        .run()
        .expect_code(0);
    assert_eq!(requests(&octopus)[1], "POST /octopus/token/v1");
}

#[test]
fn follows_no_redirect_with_a_token() {
    let elsewhere = listen(|_, _| {});
    for path in ["/.well-known", "/token"] {
        let octopus = Octopus::start();
        let to = format!("http://{}/token/v1", elsewhere.address);
        octopus
            .fault(Fault::Redirect { to: to.clone() })
            .on("GET", path);
        octopus.fault(Fault::Redirect { to }).on("POST", path);
        with_id_token(&octopus, create(&octopus))
            .run()
            .expect_code(1);
    }
    assert_eq!(elsewhere.requests(), [""; 0]);
}

#[test]
fn exchanges_again_once_after_401() {
    for (times, code) in [(1, 0), (2, 1)] {
        let octopus = Octopus::start();
        octopus
            .fault(Fault::Status(401))
            .on("POST", "/apikeys")
            .times(times);
        let run = with_id_token(&octopus, create(&octopus)).run();
        let begin = [DISCOVERY, EXCHANGE, ME, POST, DISCOVERY, EXCHANGE, POST];
        assert_eq!(requests(&octopus)[..7], begin, "{run:#?}");
        assert_eq!(requests(&octopus).len(), 7);
        assert_eq!(active_keys(&octopus).len(), usize::from(code == 0));
        run.expect_code(code);
    }
}

#[test]
fn revokes_with_a_new_access_token() {
    let octopus = Octopus::start();
    crate::support::server::add_key(&octopus, PURPOSE);
    octopus.fault(Fault::Status(401)).on("DELETE", "/apikeys");
    with_id_token(&octopus, delete(&octopus))
        .run()
        .expect_code(0);
    let deletes = requests(&octopus)
        .iter()
        .filter(|line| *line == DELETE)
        .count();
    assert_eq!(deletes, 2);
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn refuses_wrong_credentials_before_anything_is_sent() {
    let octopus = Octopus::start();
    let key = octopus.service_key().to_owned();
    let id = octopus.service_account_id(RUNBOOK_SVC);
    let id_token = octopus.issue_id_token("", OIDC_SUBJECT, &id);
    let several = |names: &str| format!("Several credentials are set: {names}.");
    let account = |what: &str| format!("--service-account-id (OCTOPUS_SERVICE_ACCOUNT_ID) {what}.");
    for (variables, error) in [
        (vec![], "No credential is set.".to_owned()),
        (vec![("OCTOPUS_API_KEY", "")], "No credential is set.".to_owned()),
        (vec![("OCTOPUS_API_KEY", &*key), ("OCTOPUS_ACCESS_TOKEN", "abc")], several("OCTOPUS_API_KEY and OCTOPUS_ACCESS_TOKEN")),
        (vec![("OCTOPUS_API_KEY", &*key), ("OCTOPUS_ID_TOKEN", &*id_token)], several("OCTOPUS_API_KEY and OCTOPUS_ID_TOKEN")),
        (vec![("OCTOPUS_ACCESS_TOKEN", "abc"), ("OCTOPUS_ID_TOKEN", &*id_token)], several("OCTOPUS_ACCESS_TOKEN and OCTOPUS_ID_TOKEN")),
        (vec![("OCTOPUS_API_KEY", "API-1 2")], "OCTOPUS_API_KEY contains white space or another character that is not valid in a credential.".to_owned()),
        (vec![("OCTOPUS_API_KEY", "#{Service.Key}")], "OCTOPUS_API_KEY contains an unresolved Octopus variable ('#{...}').".to_owned()),
        (vec![("OCTOPUS_ID_TOKEN", &*id_token)], account("is not set, but OCTOPUS_ID_TOKEN is")),
        (vec![("OCTOPUS_ID_TOKEN", &*id_token), ("OCTOPUS_SERVICE_ACCOUNT_ID", "Users-21")], account("is the ID of a user, not of a service account")),
        (vec![("OCTOPUS_ID_TOKEN", &*id_token), ("OCTOPUS_SERVICE_ACCOUNT_ID", "#{Id}")], "OCTOPUS_SERVICE_ACCOUNT_ID contains an unresolved Octopus variable ('#{...}').".to_owned()),
        (vec![("OCTOPUS_ID_TOKEN", &*id_token), ("OCTOPUS_SERVICE_ACCOUNT_ID", &*key)], account("contains something that looks like a credential (not shown)")),
    ] {
        for run in [create(&octopus), delete(&octopus)] {
            let run = run.without("OCTOPUS_API_KEY").envs(&variables).run();
            run.expect_error(2, &error);
        }
    }
    assert_eq!(octopus.connections(), 0);
}
