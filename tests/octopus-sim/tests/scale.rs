//! Large lists and many clients.

mod support;

use std::thread;

use octopus_sim::{Octopus, RUNBOOK_SVC};
use serde_json::json;
use support::Client;

const KEYS: &str = "/api/users/Users-21/apikeys";

/// How many items the first, a middle, the last and a later page hold, of 1000 at most.
fn sizes_of_pages(client: &Client, path: &str) -> [usize; 4] {
    [0, 50_000, 99_500, 200_000].map(|skip| {
        let page = client.get(&format!("{path}?skip={skip}&take=1000"));
        page.each("Id").len()
    })
}

#[test]
fn a_hundred_thousand_keys_are_paged_and_filtered() {
    let octopus = Octopus::start();
    octopus.add_keys(RUNBOOK_SVC, 99_999);
    let client = Client::with_key(octopus.url(), octopus.service_key());
    assert_eq!(sizes_of_pages(&client, KEYS), [1000, 1000, 500, 0]);
    let found = client.get(&format!("{KEYS}?partialPurpose=key%2099999"));
    assert_eq!(found.each("Purpose"), ["Unrelated key 99999"]);
}

#[test]
fn a_hundred_thousand_events_are_paged() {
    let octopus = Octopus::start();
    octopus.add_events(RUNBOOK_SVC, 100_000);
    let client = Client::with_key(octopus.url(), octopus.service_key());
    assert_eq!(sizes_of_pages(&client, "/api/events"), [1000, 1000, 500, 0]);
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
