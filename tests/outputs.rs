//! What `create` hands on is told wherever somebody looks for it.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::fs;
use std::path::Path;

use common::create;
use octopus_sim::Octopus;
use serde_json::{Map, Value};

/// The names of all output variables, as a worker receives them.
fn names() -> Vec<String> {
    let octopus = Octopus::start();
    let run = create(&octopus).run().expect_code(0);
    let messages = run.messages();
    let variables = messages
        .iter()
        .filter(|message| message.name == "setVariable");
    let names: Vec<_> = variables
        .map(|message| message.get("name").unwrap().to_owned())
        .collect();
    assert!(names.len() > 4, "{names:?}");
    names
}

#[test]
fn the_reference_and_the_create_templates_name_every_output_variable() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| fs::read_to_string(root.join(file)).unwrap();
    let reference = read("docs/reference.md");
    let (_, table) = reference.split_once("### Output variables").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let templates = ["", "-bash"].map(|shell| {
        let file = format!("step-templates/octopus-create-run-api-key{shell}.json");
        let template: Value = serde_json::from_str(&read(&file)).unwrap();
        template["Description"].as_str().unwrap().to_owned()
    });
    for name in names() {
        let row = format!("| `{name}` |");
        assert!(
            table.contains(&row),
            "docs/reference.md has no row for {name}"
        );
        for description in &templates {
            let is_named = description.contains(&format!("`{name}`"));
            assert!(is_named, "a create template does not name {name}");
        }
    }
}

#[test]
fn the_json_object_has_the_same_names() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .env("RUNKEY_OUTPUT", "json")
        .run()
        .expect_code(0);
    let object: Map<String, Value> = serde_json::from_str(&run.stdout).unwrap();
    let mut in_json: Vec<_> = object.keys().cloned().collect();
    let mut in_messages = names();
    in_json.sort();
    in_messages.sort();
    assert_eq!(in_json, in_messages);
}
