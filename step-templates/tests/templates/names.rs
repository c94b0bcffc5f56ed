//! Names and ids.

use std::collections::HashSet;

use serde_json::Value;
use uuid::Uuid;

use crate::{FILES, parameters, string, templates};

/// PLACEHOLDER: the account that owns the repository.
const OWNER: &str = "OWNER";
/// PLACEHOLDER: the repository's address, as people clone it.
const REPOSITORY: &str = "https://github.com/OWNER/runkey";

/// A template is known by its id wherever it was imported: these must never change.
const IDS: [&str; 6] = [
    "cd4c0cd9-3d25-416b-999d-dcd17344c85e",
    "6916c962-7bc6-4f9d-b6f2-54dd3b433f5c",
    "eeebe66d-5b97-4bd6-9457-52f353c8d2b3",
    "cc6a652f-0425-45d7-b5f6-0e1af7f3506c",
    "82da5124-0767-4c65-83f6-8215e77585bb",
    "8809dbfd-dd5a-492b-811d-95b2b83a51f3",
];

#[test]
fn the_ids_of_the_templates_never_change() {
    let ids: Vec<_> = templates()
        .map(|(_, template)| template["Id"].clone())
        .collect();
    assert_eq!(ids, IDS.map(Value::from));
}

#[test]
fn every_id_is_a_guid_of_its_own() {
    let mut seen = HashSet::new();
    for (file, template) in templates() {
        let packages = template["Packages"].as_array().expect("it has packages");
        let ids = [&template]
            .into_iter()
            .chain(parameters(&template))
            .chain(packages);
        for owner in ids {
            let id = Uuid::try_parse(string(&owner["Id"])).expect("it is a GUID");
            assert!(!id.is_nil(), "{file}");
            assert!(seen.insert(id), "{file} shares {id}");
        }
    }
}

#[test]
fn every_name_is_unique_and_at_most_200_characters_long() {
    let mut seen = HashSet::new();
    for (_, template) in templates() {
        let name = string(&template["Name"]).to_owned();
        assert!(name.chars().count() <= 200, "{name}");
        assert!(seen.insert(name));
    }
}

#[test]
fn names_are_noun_and_verb_and_tell_bash_apart() {
    for (file, template) in templates() {
        let name = string(&template["Name"]);
        assert!(name.starts_with("Octopus - "), "{name}");
        let bash = template["Properties"]["Octopus.Action.Script.Syntax"] == "Bash";
        assert_eq!(name.ends_with(" (Bash)"), bash, "{file}");
    }
}

#[test]
fn each_file_is_named_after_its_template() {
    for (file, template) in templates() {
        let name = string(&template["Name"]).to_lowercase();
        let words = name.replace(['(', ')', '-'], " ");
        let words: Vec<_> = words.split_whitespace().collect();
        assert_eq!(words.join("-"), file);
        assert!(FILES.contains(&file));
    }
}

#[test]
fn the_two_shells_say_the_same_of_a_step() {
    let all: Vec<_> = templates().collect();
    for pair in all.chunks(2) {
        let [(_, powershell), (_, bash)] = pair else {
            panic!("a step lacks a shell");
        };
        let below = |template: &Value| {
            let (first, rest) = string(&template["Description"])
                .split_once("\n\n")
                .expect("two parts");
            assert!(
                first.starts_with("For ") && first.contains(" workers."),
                "{first}"
            );
            rest.to_owned()
        };
        assert_eq!(below(powershell), below(bash));
        let shown = |template: &Value| -> Vec<Value> {
            let mut shown = parameters(template).to_vec();
            for parameter in &mut shown {
                parameter["Id"] = Value::Null;
            }
            shown
        };
        assert_eq!(shown(powershell), shown(bash));
    }
}

#[test]
fn descriptions_say_where_the_package_comes_from() {
    for (file, template) in templates() {
        let description = string(&template["Description"]);
        assert!(description.contains("part of each release"), "{file}");
    }
}

#[test]
fn documentation_names_one_owner_and_repository() {
    assert_eq!(REPOSITORY, format!("https://github.com/{OWNER}/runkey"));
    let readme = include_str!("../../../README.md");
    let start = include_str!("../../../docs/getting-started.md");
    for page in [readme, start] {
        assert!(page.contains(&format!("git clone {REPOSITORY} ")));
    }
    let install = include_str!("../../../docs/install.md");
    assert!(install.contains(&format!("--repo {OWNER}/runkey ")));
}
