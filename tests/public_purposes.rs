//! Purposes are public, and Octopus evaluates names: a purpose that carries a credential is refused
//! before anything is sent, and not shown.

mod common;

use common::{Runkey, create, delete, use_key};
use octopus_sim::Octopus;

/// Each step, with this text in each place that a purpose is built from.
fn carrying<'a>(octopus: &'a Octopus, text: &str) -> Vec<Runkey<'a>> {
    let mut runs = Vec::new();
    for variable in [
        "RUNKEY_RUN_BY",
        "RUNKEY_RUN_ID",
        "RUNKEY_PURPOSE",
        "RUNKEY_OWNER",
    ] {
        runs.push(create(octopus).env(variable, text));
        runs.push(delete(octopus).env(variable, text));
        runs.push(use_key(octopus, octopus.service_key()).env(variable, text));
    }
    runs
}

#[track_caller]
fn refused(octopus: &Octopus, run: Runkey<'_>, text: &str) {
    let run = run.run();
    assert!(matches!(run.code, Some(2 | 125)), "{run:#?}");
    let said = run.result_message().expect("a first sentence");
    assert!(
        said.contains("holds a credential, or what looks like one"),
        "{said}"
    );
    assert!(!format!("{run:?}").contains(text), "{run:#?}");
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn the_credential_itself_or_twelve_characters_of_it_are_refused() {
    let octopus = Octopus::start();
    let key = octopus.service_key();
    for text in [key, &key[..12], &key[key.len() - 12..], &key[7..21]] {
        for run in carrying(&octopus, &format!("Eve {text}")) {
            refused(&octopus, run, text);
        }
    }
}

#[test]
fn a_credential_that_a_filter_of_octopuss_wrote_otherwise_is_refused_too() {
    let octopus = Octopus::start();
    let key = octopus.service_key();
    let spaced: String = key.chars().flat_map(|c| [c, '.']).collect();
    let backwards: String = key.chars().rev().collect();
    for text in [key.to_lowercase(), spaced, backwards] {
        for run in carrying(&octopus, &format!("Eve {text}")) {
            refused(&octopus, run, &text);
        }
    }
}

#[test]
fn the_other_credential_and_the_key_to_be_presented_are_refused_too() {
    let octopus = Octopus::start();
    let token = octopus.access_token();
    for run in carrying(&octopus, &format!("Eve {}", &token[20..34])) {
        let run = run
            .without("OCTOPUS_API_KEY")
            .env("OCTOPUS_API_KEY", octopus.service_key())
            .env("OCTOPUS_ACCESS_TOKEN", token);
        refused(&octopus, run, &token[20..34]);
    }
    let proof = "API-PRESENTEDPRESENTED";
    for run in carrying(&octopus, "Eve ESENTEDPRESE") {
        refused(&octopus, run.env("RUNKEY_PROOF_KEY", proof), "ESENTEDPRESE");
    }
}

#[test]
fn whatever_is_shaped_like_a_key_or_a_token_is_refused() {
    let octopus = Octopus::start();
    for text in ["API-0123456789ABCDEFGHIJ", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIi"] {
        for run in carrying(&octopus, &format!("Eve {text} King")) {
            refused(&octopus, run, text);
        }
    }
}

#[test]
fn a_person_whose_name_begins_like_a_key_is_a_person() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .env("RUNKEY_RUN_BY", "API-IntegrationTests2026")
        .run()
        .expect_code(0)
        .expect_text("Made a key for API-IntegrationTests2026, run ServerTasks-123.");
    assert!(run.variable("ApiKey").is_some());
    delete(&octopus)
        .env("RUNKEY_RUN_BY", "API-IntegrationTests2026")
        .args(["--require"])
        .run()
        .expect_code(0);
}
