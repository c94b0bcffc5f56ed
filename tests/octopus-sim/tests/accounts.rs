//! Who is let in, who is found, and what every answer has.

mod support;

use jiff::SignedDuration;
use octopus_sim::{ALICE, Octopus, RUNBOOK_SVC, Settings};
use support::Client;

#[test]
fn the_caller_is_the_account_behind_the_key_or_token() {
    let octopus = Octopus::start();
    let with_key = Client::with_key(octopus.url(), octopus.key_of_alice());
    let me = with_key.get("/api/users/me").body;
    assert_eq!(
        (me["Id"].as_str(), me["IsService"].as_bool()),
        (Some(ALICE), Some(false))
    );
    let with_token = Client::with_token(octopus.url(), octopus.access_token());
    assert_eq!(
        with_token.get("/api/users/me").body["Username"],
        "runbook-svc"
    );
    assert_eq!(octopus.requests()[1].user.as_deref(), Some(RUNBOOK_SVC));
}

#[test]
fn an_unknown_key_and_a_disabled_user_answer_401_with_an_octopus_error() {
    let octopus = Octopus::start();
    let unknown = Client::with_key(octopus.url(), "API-UNKNOWN").get("/api/users/me");
    octopus.disable_user(ALICE);
    let disabled = Client::with_key(octopus.url(), octopus.key_of_alice()).get("/api/users/me");
    for answer in [unknown, disabled] {
        assert_eq!(answer.status, 401);
        assert!(
            answer.body["ErrorMessage"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
        assert!(answer.body["FullException"].is_null());
    }
}

#[test]
fn unknown_things_answer_404_and_wrong_methods_405() {
    let octopus = Octopus::start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    for path in [
        "/api/nothing",
        "/api/users/Users-99",
        "/api/users/Users-99/apikeys",
    ] {
        assert_eq!(client.get(path).status, 404, "{path}");
    }
    let wrong = client.delete("/api/users/me");
    assert_eq!(wrong.status, 405);
    assert!(wrong.body["ErrorMessage"].is_string());
}

#[test]
fn the_date_header_is_from_the_servers_clock() {
    let settings = Settings {
        clock_offset: SignedDuration::from_hours(-24 * 365 * 20),
        ..Settings::default()
    };
    let octopus = settings.start();
    let client = Client::with_key(octopus.url(), "unknown");
    let response = client.send("GET", "/api/users/me", "").expect("an answer");
    let year = octopus.now().strftime("%Y GMT").to_string();
    let year = year.trim_end_matches(" GMT");
    let dates: Vec<_> = response.headers().get_all("date").iter().collect();
    assert_eq!(dates.len(), 1);
    assert!(
        dates[0].to_str().is_ok_and(|date| date.contains(year)),
        "{dates:?}"
    );
}

#[test]
fn a_server_lives_under_its_virtual_directory_only() {
    let settings = Settings {
        virtual_directory: "/octopus".to_owned(),
        ..Settings::default()
    };
    let octopus = settings.start();
    assert!(octopus.url().ends_with("/octopus"));
    let client = Client::with_key(octopus.url(), octopus.service_key());
    assert_eq!(client.get("/api/users/me").status, 200);
    let root = octopus.url().trim_end_matches("/octopus");
    let outside = Client::with_key(root, octopus.service_key());
    assert_eq!(outside.get("/api/users/me").status, 404);
    assert_eq!(octopus.requests()[0].path, "/octopus/api/users/me");
}

#[test]
fn one_connection_is_kept_for_many_requests() {
    let octopus = Octopus::start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    for _ in 0..5 {
        client.get("/api/users/me");
    }
    assert_eq!(octopus.connections(), 1);
    assert_eq!(octopus.requests().len(), 5);
    octopus.forget_requests();
    assert!(octopus.requests().is_empty());
}
