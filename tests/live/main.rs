//! The trial, on a real server.
//!
//! ```text
//! RUNKEY_LIVE=1 OCTOPUS_URL=https://… OCTOPUS_API_KEY=API-… \
//!   cargo test --test live -- --ignored --nocapture
//! ```
//!
//! The key should be a service account's. `runkey create --trial` makes two keys of a purpose of their
//! own, which expire after ten minutes, and revokes them, whatever happens. It prints what it found,
//! line by line. The same is run against the simulated server in every test run.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

use std::process::{Command, Output};

use octopus_sim::{Octopus, RUNBOOK_SVC};
use serde_json::Value;

/// Tries the server with the real program; variables such as a proxy's are left as they are.
fn trial(url: &str, service_key: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_runkey"))
        .args(["create", "--trial", "--output", "json"])
        .env("OCTOPUS_URL", url)
        .env("OCTOPUS_API_KEY", service_key)
        .env_remove("OCTOPUS_ACCESS_TOKEN")
        .output()
        .unwrap()
}

/// What the trial gave, which must keep to its schema and leave no key.
fn facts(output: &Output) -> Value {
    print!("{}", String::from_utf8_lossy(&output.stderr));
    let facts: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    println!("{facts:#}");
    let schema = include_str!("../../docs/trial.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    if let Err(error) = jsonschema::validate(&schema, &facts) {
        panic!("not as docs/trial.schema.json says: {error}");
    }
    assert_eq!(facts["KeysLeft"], serde_json::json!([]), "a key is left");
    facts
}

/// The checks that do not hold, or could not be told.
fn open(facts: &Value) -> Vec<&str> {
    let findings = facts["Findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["Holds"] != true)
        .map(|finding| finding["Check"].as_str().unwrap())
        .collect()
}

#[test]
fn the_simulated_server_is_as_the_project_assumes_octopus_to_be() {
    let octopus = Octopus::start();
    let _ = octopus.tasks().queue();
    let output = trial(octopus.url(), octopus.service_key());
    assert_eq!(open(&facts(&output)), [""; 0]);
    assert!(output.status.success());
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}

#[test]
#[ignore = "needs a real server: RUNKEY_LIVE=1, OCTOPUS_URL and OCTOPUS_API_KEY"]
fn runkey_works_on_a_real_server() {
    let variable = |name| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    assert_eq!(variable("RUNKEY_LIVE"), "1");
    let output = trial(&variable("OCTOPUS_URL"), &variable("OCTOPUS_API_KEY"));
    let facts = facts(&output);
    println!("Not so, or not told: {:?}", open(&facts));
    assert!(
        output.status.success(),
        "create, use or delete will not work"
    );
}
