//! What differs from one server to the next.

mod support;

use std::collections::HashSet;

use jiff::SignedDuration;
use octopus_sim::{Hints, KeyWords, Octopus, RUNBOOK_SVC, Settings, Wording};
use serde_json::{Value, json};
use support::{Answer, Client};

const OWN: &str = "/api/users/Users-21/apikeys";

fn service(octopus: &Octopus) -> Client {
    Client::with_key(octopus.url(), octopus.service_key())
}

fn make(octopus: &Octopus, body: &Value) -> Answer {
    service(octopus).post(OWN, body)
}

/// The messages of the events, newest first.
fn messages(octopus: &Octopus) -> Vec<String> {
    let page = service(octopus).get("/api/events?spaces=all&includeSystem=true");
    let messages = page.each("Message").into_iter();
    messages
        .map(|message| message.as_str().expect("text").to_owned())
        .collect()
}

#[test]
fn a_server_may_keep_its_version_to_itself() {
    for tells_version in [true, false] {
        let octopus = Settings {
            tells_version,
            ..Settings::default()
        }
        .start();
        let root = service(&octopus).get("/api");
        assert_eq!(root.body["Application"], "Octopus Deploy");
        assert_eq!(root.body.get("Version").is_some(), tells_version);
    }
}

#[test]
fn partial_keyword_searches_purpose_and_hint_where_it_is_known() {
    let octopus = Octopus::start();
    let added = octopus.add_key(RUNBOOK_SVC, "Alice King (alice) [runkey T-1]", None);
    octopus.add_key(RUNBOOK_SVC, "Bob Ng (bob) [runkey T-2]", None);
    let client = service(&octopus);
    let found = |query: &str| {
        let page = client.get(&format!("{OWN}?{query}"));
        page.body["TotalResults"].as_u64()
    };
    assert_eq!(found("partialKeyword=aLICE"), Some(1));
    let hint = added.secret[4..8].to_lowercase();
    assert_eq!(found(&format!("partialKeyword={hint}")), Some(1));
    assert_eq!(found("partialKeyword=API-&partialPurpose=bob"), Some(1));
    let older = Settings {
        filters_by_keyword: false,
        ..Settings::default()
    }
    .start();
    let page = service(&older).get(&format!("{OWN}?partialKeyword=nothing"));
    assert_eq!(page.body["TotalResults"], 1);
}

#[test]
fn a_hint_is_bare_or_has_something_for_the_rest() {
    for (hints, rest) in [
        (Hints::Bare, ""),
        (Hints::BULLETS, "••••••••"),
        (Hints::Masked('*', 3), "***"),
        (Hints::Masked('.', 28), "............................"),
    ] {
        let octopus = Settings {
            hints,
            ..Settings::default()
        }
        .start();
        let client = service(&octopus);
        client.post("/api/Spaces-1/environments", &json!({ "Name": "x" }));
        let shown = client.get(OWN).body["Items"][0]["ApiKey"]["Hint"].clone();
        let expected = format!("{}{rest}", &octopus.service_key()[..8]);
        assert_eq!(shown, expected);
        assert_eq!(octopus.events()[0].api_key_hint, Some(expected));
    }
}

#[test]
fn the_hint_in_events_is_behind_a_toggle() {
    let octopus = Settings {
        shows_hints_in_events: false,
        ..Settings::default()
    }
    .start();
    service(&octopus).post("/api/Spaces-1/environments", &json!({ "Name": "x" }));
    let event = &octopus.events()[0];
    assert!(event.api_key_id.is_some() && event.api_key_hint.is_none());
}

#[test]
fn an_actor_type_is_in_the_answer_and_in_the_record_where_it_is_known() {
    for (settings, expected) in [
        (Settings::default(), json!("AiAgent")),
        (Settings::old_server(), Value::Null),
    ] {
        let octopus = settings.start();
        let made = make(&octopus, &json!({ "Purpose": "x", "ActorType": "AiAgent" }));
        assert_eq!(made.body["ActorType"], expected);
        let record = service(&octopus).get(OWN).body["Items"][0].clone();
        assert_eq!(record["ActorType"], expected);
    }
}

#[test]
fn a_server_that_does_not_honour_read_only_says_so_in_the_record() {
    let octopus = Settings {
        honours_access_level: false,
        ..Settings::default()
    }
    .start();
    let made = make(
        &octopus,
        &json!({ "Purpose": "x", "AccessLevel": "ReadOnly" }),
    );
    assert_eq!(made.status, 200);
    let record = service(&octopus).get(OWN).body["Items"][0].clone();
    assert_eq!(record["AccessLevel"], "FullAccess");
    let client = Client::with_key(octopus.url(), made.body["ApiKey"].as_str().expect("a key"));
    let changed = client.post("/api/Spaces-1/environments", &json!({ "Name": "x" }));
    assert_eq!(changed.status, 201);
}

#[test]
fn a_key_may_not_read_its_own_record_where_the_server_says_so() {
    let octopus = Settings {
        shows_a_key_its_record: false,
        ..Settings::default()
    }
    .start();
    let added = octopus.add_key(RUNBOOK_SVC, "x", None);
    let path = format!("{OWN}/{}", added.id);
    let own = Client::with_key(octopus.url(), &added.secret);
    assert_eq!(own.get(&path).status, 403);
    assert_eq!(service(&octopus).get(&path).status, 200);
    assert_eq!(own.delete(&path).status, 200);
}

#[test]
fn no_refusal_is_worded_the_same_by_another_server() {
    let reasons = |wording| {
        let settings = Settings {
            wording,
            ..Settings::default()
        };
        let octopus = settings.start();
        let soon = octopus.now() + SignedDuration::from_hours(1);
        let short = octopus.add_key(RUNBOOK_SVC, "short", Some(soon));
        let short = Client::with_key(octopus.url(), &short.secret);
        let in_hours = |hours| (octopus.now() + SignedDuration::from_hours(hours)).to_string();
        let client = service(&octopus);
        let mut reasons: Vec<_> = [
            client.post(OWN, &json!({ "Purpose": "x", "Expires": in_hours(-1) })),
            client.post(OWN, &json!({ "Purpose": "x", "Expires": in_hours(9999) })),
            client.post(OWN, &json!({ "Purpose": "x", "UserId": "Users-22" })),
            short.post(OWN, &json!({ "Purpose": "x", "Expires": in_hours(2) })),
        ]
        .iter()
        .map(|refused| {
            assert_eq!(refused.status, 400);
            refused.reason().to_owned()
        })
        .collect();
        let unknown = Client::with_key(octopus.url(), "API-UNKNOWN").get("/api/users/me");
        let message = unknown.body["ErrorMessage"].as_str();
        reasons.push(message.expect("a message").to_owned());
        reasons
    };
    let (usual, other) = (reasons(Wording::Usual), reasons(Wording::Other));
    assert_eq!(usual.len(), other.len());
    assert!(usual.iter().all(|reason| !other.contains(reason)));
}

#[test]
fn events_of_keys_are_worded_as_before_or_since_june_2026() {
    for (key_words, of_user, of_agent) in [
        (KeyWords::Old, "API key", "API key"),
        (KeyWords::New, "User API key", "AI Agent API key"),
    ] {
        let octopus = Settings {
            key_words,
            ..Settings::default()
        }
        .start();
        for actor in ["User", "AiAgent"] {
            let body = json!({ "Purpose": "Cursor MCP", "ActorType": actor });
            let made = make(&octopus, &body);
            let id = made.body["Id"].as_str().expect("an id").to_owned();
            let secret = made.body["ApiKey"].as_str().expect("a key").to_owned();
            service(&octopus).delete(&format!("{OWN}/{id}"));
            let said = messages(&octopus);
            let words = if actor == "User" { of_user } else { of_agent };
            let start = format!(
                "{words} Cursor MCP ({}•••••••) for runbook-svc was",
                &secret[..7]
            );
            assert!(said[0].starts_with(&start), "{said:?}");
            assert!(
                said[1].starts_with(&format!("{start} generated with ")),
                "{said:?}"
            );
        }
    }
}

#[test]
fn a_key_without_an_expiry_is_generated_in_the_published_words() {
    let octopus = Settings {
        knows_expiry: false,
        ..Settings::default()
    }
    .start();
    make(&octopus, &json!({ "Purpose": "Cursor MCP" }));
    let said = messages(&octopus);
    let end = "for runbook-svc was generated with no expiry date.";
    assert!(said[0].ends_with(end), "{said:?}");
}

#[test]
fn the_identity_may_say_what_kind_of_key_it_is() {
    let octopus = Settings {
        key_words_of_identity: KeyWords::New,
        ..Settings::default()
    }
    .start();
    service(&octopus).post("/api/Spaces-1/environments", &json!({ "Name": "x" }));
    let identity = &octopus.events()[0].identity_established_with;
    assert!(
        identity.starts_with("User API key 'Runbooks' created "),
        "{identity}"
    );
}

#[test]
fn a_name_shaped_like_a_service_message_is_kept_as_it_is() {
    let octopus = Octopus::start();
    let purpose = "##octopus[setVariable name='QQ==' value='QQ=='] #\u{ad} [runkey T-1]";
    let made = make(&octopus, &json!({ "Purpose": purpose }));
    assert_eq!(made.body["Purpose"], purpose);
    let listed = service(&octopus).get(OWN);
    assert_eq!(listed.each("Purpose")[0], purpose);
    assert!(messages(&octopus)[0].contains(purpose));
}

#[test]
fn every_age_makes_and_revokes_a_key() {
    let ages = Settings::ages();
    let names: HashSet<_> = ages.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), ages.len());
    for (name, settings) in ages {
        let octopus = settings.start();
        let made = make(&octopus, &json!({ "Purpose": "x" }));
        assert_eq!(made.status, 200, "{name}");
        let path = format!("{OWN}/{}", made.body["Id"].as_str().expect("an id"));
        assert_eq!(service(&octopus).delete(&path).status, 200, "{name}");
    }
}
