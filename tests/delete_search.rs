//! `runkey delete` finds the run's key however many others there are, and whatever becomes of them
//! meanwhile.

mod common;

use common::{PURPOSE, add_live_key, delete, requests};
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC, Settings};

/// How many keys are newer than the run's.
const MANY: usize = 3_000;

/// Whether the service account has a key of this purpose.
fn has_key(octopus: &Octopus, purpose: &str) -> bool {
    let keys = octopus.keys(RUNBOOK_SVC);
    keys.iter().any(|key| key.purpose == purpose)
}

#[test]
fn the_server_finds_the_key_behind_thousands_in_one_page() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    octopus.add_keys(RUNBOOK_SVC, MANY);
    delete(&octopus).run().expect_code(0);
    assert!(!has_key(&octopus, PURPOSE));
    assert_eq!(requests(&octopus).len(), 3);
}

#[test]
fn a_server_without_the_filter_is_searched_page_by_page() {
    let octopus = Settings {
        filters_by_purpose: false,
        ..Settings::default()
    }
    .start();
    add_live_key(&octopus, PURPOSE);
    octopus.add_keys(RUNBOOK_SVC, MANY);
    delete(&octopus).run().expect_code(0);
    assert!(!has_key(&octopus, PURPOSE));
    let listings = requests(&octopus)
        .iter()
        .filter(|request| request.contains("partialPurpose=ServerTasks-123"))
        .count();
    // The fourth page reaches the total with more than thirty keys, so the end is asked for.
    assert_eq!(listings, 5, "{:#?}", requests(&octopus));
}

#[test]
fn a_server_that_gives_small_pages_is_followed_to_the_end() {
    for filters_by_purpose in [true, false] {
        let octopus = Settings {
            filters_by_purpose,
            largest_page: Some(30),
            ..Settings::default()
        }
        .start();
        for _ in 0..45 {
            add_live_key(&octopus, PURPOSE);
        }
        octopus.add_keys(RUNBOOK_SVC, MANY);
        add_live_key(&octopus, PURPOSE);
        delete(&octopus)
            .run()
            .expect_code(0)
            .expect_text("Revoked 46 keys of");
        assert!(!has_key(&octopus, PURPOSE));
        assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1 + MANY);
    }
}

#[test]
fn keys_that_others_delete_meanwhile_hide_none() {
    for vanish_at_once in [1, 7, 29, 45] {
        let octopus = Settings {
            filters_by_purpose: false,
            largest_page: Some(30),
            ..Settings::default()
        }
        .start();
        for number in 0..400 {
            add_live_key(&octopus, &format!("Unrelated {number}"));
            if number % 20 == 0 {
                add_live_key(&octopus, PURPOSE);
            }
        }
        octopus.before_request("GET", "/apikeys", move |octopus, _, _| {
            let newest_first = octopus.keys(RUNBOOK_SVC).into_iter().rev();
            for key in newest_first
                .filter(|key| key.purpose.starts_with("Unrelated"))
                .take(vanish_at_once)
            {
                octopus.revoke(&key.id);
            }
        });
        delete(&octopus).run().expect_code(0);
        assert!(!has_key(&octopus, PURPOSE), "{vanish_at_once} at a time");
    }
}

#[test]
fn keys_that_others_make_meanwhile_hide_none() {
    let octopus = Settings {
        filters_by_purpose: false,
        largest_page: Some(30),
        ..Settings::default()
    }
    .start();
    add_live_key(&octopus, PURPOSE);
    octopus.add_keys(RUNBOOK_SVC, 200);
    octopus.before_request("GET", "/apikeys", |octopus, _, _| {
        octopus.add_keys(RUNBOOK_SVC, 5);
    });
    delete(&octopus).run().expect_code(0);
    assert!(!has_key(&octopus, PURPOSE));
}

#[test]
fn what_a_database_takes_for_a_pattern_is_not_asked_of_the_server() {
    let octopus = Octopus::start();
    for purpose in ["100% of [all] keys_here", "%", "[a-z]", "\\ ^"] {
        let key = add_live_key(&octopus, purpose);
        octopus.forget_requests();
        delete(&octopus)
            .args(["--purpose", purpose, "--require"])
            .run()
            .expect_code(0);
        assert!(!has_key(&octopus, purpose), "{purpose}: {}", key.id);
        for request in octopus.requests() {
            for pattern in ["%25", "%5B", "%5D", "_", "%5C", "%5E", "^"] {
                assert!(!request.query.contains(pattern), "{}", request.query);
            }
        }
    }
}

#[test]
fn a_list_that_breaks_off_is_an_error_and_what_was_found_is_revoked() {
    let octopus = Settings {
        filters_by_purpose: false,
        largest_page: Some(30),
        ..Settings::default()
    }
    .start();
    let hidden = add_live_key(&octopus, PURPOSE);
    octopus.add_keys(RUNBOOK_SVC, 60);
    let found = add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Fault::Status(403))
        .on("GET", "/apikeys")
        .at(2)
        .forever();
    let run = delete(&octopus)
        .run()
        .expect_code(1)
        .expect_text(&format!("Revoked {}:", found.id))
        .expect_text("a key that was not found lives until it expires by itself");
    assert_eq!(
        run.result_message().as_deref(),
        Some(
            "Cannot look for all keys of Alice King (alice), run ServerTasks-123: \
             the server refused it (403)."
        )
    );
    let left = octopus.keys(RUNBOOK_SVC);
    assert!(left.iter().all(|key| key.id != found.id));
    assert!(left.iter().any(|key| key.id == hidden.id));
}
