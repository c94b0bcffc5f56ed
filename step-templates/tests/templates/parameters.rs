//! The parameters of the templates.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::{parameters, string, templates};

const CONTROLS: [&str; 8] = [
    "Checkbox",
    "GenericOidcAccount",
    "MultiLineText",
    "Package",
    "Select",
    "Sensitive",
    "SingleLineText",
    "StepName",
];

fn control(parameter: &Value) -> &str {
    string(&parameter["DisplaySettings"]["Octopus.ControlType"])
}

/// Every parameter of every template.
fn all() -> Vec<Value> {
    let templates = templates();
    templates
        .flat_map(|(_, template)| parameters(&template).to_vec())
        .collect()
}

#[test]
fn names_carry_the_prefix_of_their_step() {
    for (file, template) in templates() {
        let prefix = match file.split('-').nth(1) {
            Some("create") => "RunKey.Create.",
            Some("use") => "RunKey.Use.",
            _ => "RunKey.Delete.",
        };
        let mut seen = HashSet::new();
        for parameter in parameters(&template) {
            let name = string(&parameter["Name"]);
            assert!(name.starts_with(prefix), "{file}: {name}");
            assert!(seen.insert(name), "{file}: {name}");
        }
    }
}

/// The order in which people fill them in.
#[test]
fn parameters_are_in_the_order_of_the_form() {
    let create = "Identity ServiceAccountId ApiKey Package ExpiresIn Access ActorType Owner RunBy RunId ServerUrl";
    let delete = "Identity ServiceAccountId ApiKey CreateStep Package Finished Report DryRun Owner RunId ServerUrl";
    for (file, template) in templates() {
        let order = match file.split('-').nth(1) {
            Some("create") => create,
            Some("use") => "CreateStep Script Package ServerUrl",
            _ => delete,
        };
        let names = parameters(&template).iter();
        let names = names.map(|parameter| string(&parameter["Name"]).rsplit('.').next());
        let names: Option<Vec<_>> = names.collect();
        assert_eq!(names.expect("names").join(" "), order, "{file}");
    }
}

#[test]
fn every_parameter_has_a_short_label_and_a_help_text() {
    for parameter in all() {
        let label = string(&parameter["Label"]);
        assert!((1..=30).contains(&label.len()), "{parameter}");
        let help = string(&parameter["HelpText"]);
        for word in ["Required.", "Optional.", "ersion 2"] {
            assert!(!help.contains(word), "{help}");
        }
        assert!(help.ends_with('.') && help == help.trim(), "{help}");
    }
}

#[test]
fn control_types_are_those_that_octopus_knows() {
    for parameter in all() {
        assert!(CONTROLS.contains(&control(&parameter)), "{parameter}");
    }
}

#[test]
fn a_secret_is_sensitive_and_has_no_default() {
    let mut secrets = 0;
    for parameter in all() {
        let name = string(&parameter["Name"]);
        let secret = name.ends_with(".ApiKey");
        assert_eq!(control(&parameter) == "Sensitive", secret, "{name}");
        if secret {
            secrets += 1;
            assert!(parameter["DefaultValue"].is_null(), "{name}");
        }
    }
    assert_eq!(secrets, 4, "one in two steps for two shells");
}

#[test]
fn the_defaults_fit_everybody() {
    let mut defaults: Vec<_> = all()
        .iter()
        .filter_map(|parameter| parameter["DefaultValue"].as_str().map(str::to_owned))
        .filter(|default| !default.is_empty())
        .collect();
    defaults.sort_unstable();
    defaults.dedup();
    assert_eq!(defaults, ["1h", "False", "True", "full", "user"]);
}

#[test]
fn a_choice_has_its_default_among_its_options() {
    for parameter in all()
        .iter()
        .filter(|parameter| control(parameter) == "Select")
    {
        let options = string(&parameter["DisplaySettings"]["Octopus.SelectOptions"]);
        let values: Vec<_> = options
            .lines()
            .map(|option| option.split_once('|').expect("`value|Label`").0)
            .collect();
        let known = [
            vec!["full", "read-only"],
            vec!["user", "ai-agent"],
            vec!["False", "True"],
        ];
        assert!(known.contains(&values), "{values:?}");
        assert!(values.contains(&string(&parameter["DefaultValue"])));
    }
}

#[test]
fn the_package_is_chosen_by_a_parameter_and_comes_from_any_feed() {
    for (file, mut template) in templates() {
        let package = template["Packages"][0].take();
        let name = string(&package["Name"]);
        let chosen = parameters(&template)
            .iter()
            .filter(|parameter| control(parameter) == "Package");
        let chosen: Vec<_> = chosen
            .inspect(|parameter| assert_eq!(parameter["DefaultValue"], "", "{file}"))
            .map(|parameter| string(&parameter["Name"]))
            .collect();
        assert_eq!(chosen, [name], "{file}");
        let expected = json!({
            "Id": package["Id"],
            "Name": name,
            "PackageId": null,
            "FeedId": null,
            "AcquisitionLocation": "Server",
            "Properties": {
                "Extract": "True",
                "SelectionMode": "deferred",
                "PackageParameterName": name,
                "Purpose": "",
            },
        });
        assert_eq!(package, expected, "{file}");
    }
}
