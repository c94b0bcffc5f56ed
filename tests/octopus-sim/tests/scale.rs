//! Large lists and many clients.

mod support;

use std::thread;
use std::time::Instant;

use octopus_sim::{Octopus, RUNBOOK_SVC};
use serde_json::json;
use support::Client;

const KEYS: &str = "/api/users/Users-21/apikeys";

#[test]
fn a_hundred_thousand_keys_are_paged_through() {
    let octopus = Octopus::start();
    octopus.add_keys(RUNBOOK_SVC, 100_000);
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let started = Instant::now();
    let seen: usize = (0..=100_000)
        .step_by(1000)
        .map(|skip| {
            client
                .get(&format!("{KEYS}?skip={skip}&take=1000"))
                .each("Id")
                .len()
        })
        .sum();
    assert_eq!(seen, 100_001);
    eprintln!("keys: {:?}", started.elapsed());
    let started = Instant::now();
    let found = client.get(&format!("{KEYS}?partialPurpose=key%2099999"));
    eprintln!("filtered: {:?}", started.elapsed());
    assert_eq!(found.each("Purpose"), ["Unrelated key 99999"]);
}

#[test]
fn a_hundred_thousand_events_are_paged_through() {
    let octopus = Octopus::start();
    octopus.add_events(RUNBOOK_SVC, 100_000);
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let started = Instant::now();
    let seen: usize = (0..100_000)
        .step_by(1000)
        .map(|skip| {
            let path = format!("/api/events?users={RUNBOOK_SVC}&skip={skip}&take=1000");
            client.get(&path).each("Id").len()
        })
        .sum();
    eprintln!("events: {:?}", started.elapsed());
    assert_eq!(seen, 100_000);
}

#[test]
fn five_hundred_clients_at_once_are_all_served() {
    let octopus = Octopus::start();
    thread::scope(|scope| {
        for number in 0..500 {
            let client = Client::with_key(octopus.url(), octopus.service_key());
            scope.spawn(move || {
                let made = client.post(KEYS, &json!({ "Purpose": format!("run {number}") }));
                let id = made.body["Id"].as_str().expect("an id");
                assert_eq!(client.delete(&format!("{KEYS}/{id}")).status, 200);
            });
        }
    });
    assert_eq!(octopus.requests().len(), 1000);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}
