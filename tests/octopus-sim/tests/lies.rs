//! Lies on demand: what each of them tells, and what is true meanwhile.

mod support;

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use octopus_sim::{Fault, Lie, MadeUp, Octopus, RUNBOOK_SVC, Total};
use serde_json::{Value, json};
use support::Client;

const KEYS: &str = "/api/users/Users-21/apikeys";

fn service(octopus: &Octopus) -> Client {
    Client::with_key(octopus.url(), octopus.service_key())
}

/// The answer to a request for a key of an hour, with this lie, and whether the key was made.
fn made_with(lie: Lie) -> (Value, bool) {
    let octopus = Octopus::start();
    octopus.fault(lie);
    let expires = octopus.now() + SignedDuration::from_hours(1);
    let wanted = json!({ "Purpose": "x", "Expires": expires.to_string() });
    let answer = service(&octopus).post(KEYS, &wanted);
    assert_eq!(answer.status, 200);
    let made = octopus.keys(RUNBOOK_SVC).len() == 2;
    (answer.body, made)
}

/// The `Date` of an answer with this lie.
fn date_with(octopus: &Octopus, lie: Lie) -> Option<String> {
    octopus.fault(lie);
    let response = service(octopus).send("GET", "/api/users/me", "");
    let response = response.expect("an answer");
    let date = response.headers().get("date")?.to_str();
    Some(date.expect("text").to_owned())
}

#[test]
fn a_total_lies_and_the_page_stays_true() {
    let octopus = Octopus::start();
    octopus.add_keys(RUNBOOK_SVC, 69);
    let told = |total| {
        octopus.fault(Lie::total(total));
        let page = service(&octopus).get(KEYS);
        assert_eq!(page.each("Id").len(), 30);
        (
            page.body["TotalResults"].clone(),
            page.body["NumberOfPages"].clone(),
        )
    };
    assert_eq!(told(Total::Zero), (json!(0), json!(1)));
    assert_eq!(told(Total::ThisPage), (json!(30), json!(1)));
    assert_eq!(told(Total::Half), (json!(35), json!(2)));
    assert_eq!(told(Total::TooMany), (json!(1070), json!(36)));
    assert_eq!(told(Total::Absent), (Value::Null, json!(3)));
}

#[test]
fn an_endless_list_fills_every_page_after_the_true_keys() {
    for made_up in [MadeUp::NewIds, MadeUp::RepeatingIds, MadeUp::ChangingIds] {
        let octopus = Octopus::start();
        octopus.fault(Lie::endless_list(made_up)).forever();
        let page = |skip: usize| {
            let page = service(&octopus).get(&format!("{KEYS}?take=50&skip={skip}"));
            assert!(page.body["TotalResults"].as_u64() >= Some(skip as u64 + 100));
            let ids = page.each("Id").into_iter().map(Value::to_string);
            ids.collect::<HashSet<_>>()
        };
        let (first, second, again) = (page(0), page(5000), page(5000));
        assert!(first.contains("\"apikeys-1\""));
        assert_eq!((first.len(), second.len()), (50, 50));
        let (seen_before, seen_again) = (!first.is_disjoint(&second), second == again);
        let expected = match made_up {
            MadeUp::NewIds => (false, true),
            MadeUp::RepeatingIds => (true, true),
            MadeUp::ChangingIds => (false, false),
        };
        assert_eq!((seen_before, seen_again), expected, "{made_up:?}");
    }
}

#[test]
fn a_success_that_is_none_leaves_the_key_alive() {
    for (lie, status) in [(Lie::success_with_error(), 200), (Lie::accepted(), 202)] {
        let octopus = Octopus::start();
        let key = octopus.add_key(RUNBOOK_SVC, "x", None);
        octopus.fault(lie.clone()).on("DELETE", "/apikeys");
        let path = format!("{KEYS}/{}", key.id);
        let answer = service(&octopus).delete(&path);
        assert_eq!(answer.status, status);
        assert_eq!(answer.body.get("ErrorMessage").is_some(), status == 200);
        assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 2, "{lie}");
        assert_eq!(service(&octopus).delete(&path).status, 200);
    }
}

#[test]
fn a_key_that_revokes_itself_is_refused_after_a_lost_answer() {
    let octopus = Octopus::start();
    let key = octopus.add_key(RUNBOOK_SVC, "x", None);
    octopus.fault(Fault::ResetAfterProcessing);
    let client = Client::with_key(octopus.url(), &key.secret);
    let path = format!("{KEYS}/{}", key.id);
    assert!(client.send("DELETE", &path, "").is_err());
    assert_eq!(client.delete(&path).status, 401);
}

#[test]
fn a_date_lies_or_is_absent() {
    let octopus = Octopus::start();
    for days in [1, -1, 3650, -3650] {
        let offset = SignedDuration::from_hours(24 * days);
        for lie in [Lie::date_off_by(offset), Lie::proxy_page(offset)] {
            let date = date_with(&octopus, lie).expect("a date");
            let year = (octopus.now() + offset).strftime("%d %b %Y").to_string();
            assert!(date.contains(&year), "{date}");
        }
    }
    assert_eq!(date_with(&octopus, Lie::no_date()), None);
    let garbage = date_with(&octopus, Lie::date("soon"));
    assert_eq!(garbage.as_deref(), Some("soon"));
    let truth = octopus.now().strftime("%d %b %Y").to_string();
    let page = date_with(&octopus, Lie::json("nothing", |_| ()));
    assert!(page.is_some_and(|date| date.contains(&truth)));
}

#[test]
fn a_new_key_is_not_what_was_asked_for() {
    let expires = |lie| {
        let (answer, made) = made_with(lie);
        assert!(made);
        let text = answer["Expires"].as_str()?;
        Some(text.parse::<Timestamp>().expect("a date and time"))
    };
    let now = Timestamp::now();
    let past = expires(Lie::expires_in(SignedDuration::from_hours(-1)));
    assert!(past.is_some_and(|expires| expires < now));
    assert_eq!(expires(Lie::no_expiry()), None);
    let later = expires(Lie::expires_later_by(SignedDuration::from_hours(5)));
    assert!(later.is_some_and(|expires| expires > now + SignedDuration::from_hours(5)));
}

#[test]
fn a_secret_is_empty_or_has_characters_that_no_key_has() {
    let secret = |lie| made_with(lie).0["ApiKey"].as_str().map(str::to_owned);
    assert_eq!(secret(Lie::empty_secret()).as_deref(), Some(""));
    for character in [' ', '\u{7}', 'é'] {
        let secret = secret(Lie::secret_with(character)).expect("a secret");
        assert!(secret.starts_with("API-") && secret.contains(character));
    }
}

#[test]
fn a_key_is_made_and_its_answer_cannot_be_read() {
    let (answer, made) = made_with(Lie::without("ApiKey"));
    assert!(made && answer["Id"].is_string() && answer.get("ApiKey").is_none());
    let (answer, made) = made_with(Lie::wrong_types());
    assert!(made && !answer["Id"].is_string() && !answer["ApiKey"].is_string());
    for lie in [Lie::not_json(), Lie::cut_json()] {
        let octopus = Octopus::start();
        octopus.fault(lie);
        let response = service(&octopus).send("POST", KEYS, r#"{"Purpose":"x"}"#);
        let mut response = response.expect("an answer");
        assert_eq!(response.status(), 200);
        let body = response.body_mut().read_to_string().expect("a whole body");
        assert!(serde_json::from_str::<Value>(&body).is_err(), "{body}");
        assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 2);
    }
}

#[test]
fn a_rewritten_answer_is_of_the_tests_own_making() {
    let octopus = Octopus::start();
    octopus.rewrite("GET", "/users/me", |me| {
        me["DisplayName"] = json!("Mallory");
    });
    let client = service(&octopus);
    for _ in 0..2 {
        let me = client.get("/api/users/me");
        assert_eq!(me.body["DisplayName"], "Mallory");
    }
    assert_eq!(
        client.get("/api/users/Users-21").body["Username"],
        "runbook-svc"
    );
}

#[test]
fn every_lie_has_a_name_of_its_own_and_fits_every_request() {
    let lies = Fault::lies();
    let names: HashSet<_> = lies.iter().map(Fault::to_string).collect();
    assert_eq!(names.len(), lies.len());
    let octopus = Octopus::start();
    let client = service(&octopus);
    for lie in lies {
        for (method, path) in [
            ("GET", "/api/users/me"),
            ("GET", KEYS),
            ("POST", KEYS),
            ("DELETE", "/api/users/Users-21/apikeys/apikeys-9999"),
        ] {
            octopus.fault(lie.clone());
            let sent = client.send(method, path, "{}");
            assert!(sent.is_ok(), "{method} {path} with {lie}: {sent:?}");
        }
    }
}
