//! The files are those that the sources make.

use step_templates::export::build_all;

use crate::{FILES, templates, text};

const REMEDY: &str = "run `cargo run -p step-templates -- export`";

#[test]
fn no_file_is_stale() {
    for exported in build_all().expect("the sources are whole") {
        let name = exported.file_name();
        let file = name.trim_end_matches(".json");
        assert!(text(file) == exported.json(), "{file} is stale: {REMEDY}");
    }
}

#[test]
fn there_are_three_steps_for_two_shells() {
    let mut files: Vec<_> = build_all()
        .expect("the sources are whole")
        .into_iter()
        .map(|exported| exported.file_name().trim_end_matches(".json").to_owned())
        .collect();
    files.sort_unstable();
    assert_eq!(files, FILES);
}

#[test]
fn the_files_have_no_byte_order_mark() {
    for file in FILES {
        assert!(text(file).starts_with('{'), "{file}");
    }
}

#[test]
fn every_template_has_the_fields_that_octopus_writes() {
    for (file, template) in templates() {
        assert_eq!(template["ActionType"], "Octopus.Script", "{file}");
        assert_eq!(template["StepPackageId"], "Octopus.Script", "{file}");
        assert_eq!(template["Category"], "octopus", "{file}");
        assert_eq!(template["$Meta"]["Type"], "ActionTemplate", "{file}");
        assert_eq!(
            template["Properties"]["Octopus.Action.Script.ScriptSource"], "Inline",
            "{file}"
        );
        assert!(template["Version"].as_u64() >= Some(1), "{file}");
        assert!(template["CommunityActionTemplateId"].is_null(), "{file}");
        assert_eq!(template["GitDependencies"], serde_json::json!([]), "{file}");
        for field in [
            &template["LastModifiedBy"],
            &template["$Meta"]["OctopusVersion"],
        ] {
            assert!(
                field.as_str().is_some_and(|text| !text.is_empty()),
                "{file}"
            );
        }
    }
}

#[test]
fn the_date_of_export_is_fixed_and_well_formed() {
    for (file, template) in templates() {
        let date = crate::string(&template["$Meta"]["ExportedAt"]);
        let shape: String = date
            .chars()
            .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
            .collect();
        assert_eq!(shape, "0000-00-00T00:00:00.000Z", "{file}");
    }
}
