//! `install`: what it sends to a server, what it leaves alone, and what it says.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod example;
mod first_run;
mod installer;
mod lists;
mod lost_responses;
mod refusals;
mod updates;

use octopus_sim::Octopus;
use serde_json::Value;
use step_templates::export::build_all;
use step_templates::install::kept;
use step_templates::package::file_name;

use installer::{Installer, Outcome, SPACE, requests};

const CREATE: &str = "Octopus - Create Run API Key";
/// Where the package is, of the version that is built here.
const PACKAGE: &str = concat!(
    "/api/Spaces-1/packages/packages-runkey.",
    env!("CARGO_PKG_VERSION")
);

fn exported(name: &str) -> Value {
    let mut all = build_all().unwrap().into_iter();
    all.find(|it| it.name() == name).unwrap().content
}

/// Puts a template into the server, as any client would.
fn put_into(octopus: &Octopus, mut template: Value) {
    template["SpaceId"] = SPACE.into();
    let url = format!("{}/api/{SPACE}/actiontemplates", octopus.url());
    let made = ureq::post(url)
        .header("X-Octopus-ApiKey", octopus.service_key())
        .send(template.to_string());
    assert_eq!(made.unwrap().status(), 201);
    octopus.forget_requests();
}

#[test]
fn a_fresh_space_gets_the_package_and_all_six_templates() {
    let octopus = Octopus::start();
    let outcome = Installer::new().install(&octopus, &["--space", "default"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert_eq!(octopus.packages(SPACE), [file_name()]);
    let installed = octopus.documents(SPACE, "actiontemplates");
    assert_eq!(installed.len(), 6);
    for template in &installed {
        let name = template["Name"].as_str().unwrap();
        let exported = exported(name);
        assert_eq!(kept(template), kept(&exported), "{name}");
        assert_eq!(template["Description"], exported["Description"]);
        assert_eq!(template["Packages"], exported["Packages"]);
        assert!(
            outcome.about_template(name).starts_with("created"),
            "{}",
            outcome.out
        );
    }
    let package = outcome.about_package();
    assert_eq!(package, "uploaded, with the program for linux-x64");
    assert!(outcome.out.contains("Always run"), "{}", outcome.out);
}

#[test]
fn only_documented_requests_and_fields_are_sent() {
    let octopus = Octopus::start();
    Installer::new().install(&octopus, &["--space", SPACE]);
    let templates = format!("/api/{SPACE}/actiontemplates");
    for request in octopus.requests() {
        let fields: Vec<String> = match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/api/spaces") => continue,
            ("GET", path) if path == templates || path == PACKAGE => continue,
            ("POST", "/api/Spaces-1/packages/raw") => {
                let kind = request.header("content-type").unwrap();
                assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
                let length: usize = request.header("content-length").unwrap().parse().unwrap();
                assert!(length > 1000, "the whole package is announced: {length}");
                continue;
            }
            ("POST", path) if path == templates => {
                let body: Value = serde_json::from_str(&request.body).unwrap();
                body.as_object().unwrap().keys().cloned().collect()
            }
            other => panic!("an unexpected request: {other:?}"),
        };
        for field in fields {
            let is_documented = [
                "ActionType",
                "Description",
                "GitDependencies",
                "Name",
                "Packages",
                "Parameters",
                "Properties",
                "SpaceId",
                "Version",
            ]
            .contains(&field.as_str());
            assert!(is_documented, "{} sends {field}", request.method);
        }
    }
}

#[test]
fn a_second_time_changes_nothing() {
    let octopus = Octopus::start();
    let installer = Installer::new();
    installer.install(&octopus, &["--space", SPACE]);
    let before = octopus.documents(SPACE, "actiontemplates");
    octopus.forget_requests();
    let outcome = installer.install(&octopus, &["--space", SPACE]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert_eq!(octopus.documents(SPACE, "actiontemplates"), before);
    assert_eq!(
        requests(&octopus),
        [
            "GET /api/spaces",
            "GET /api/Spaces-1/actiontemplates",
            &format!("GET {PACKAGE}"),
        ]
    );
    assert!(outcome.about_package().starts_with("kept"));
    assert_eq!(outcome.about_template(CREATE), "kept");
    assert!(!outcome.out.contains("undo"), "{}", outcome.out);
}

#[test]
fn a_changed_template_is_somebodys_own_work_and_left_alone() {
    let octopus = Octopus::start();
    let mut changed = exported(CREATE);
    changed["Parameters"][0]["DefaultValue"] = "https://octopus.example".into();
    put_into(&octopus, changed);
    let before = octopus.documents(SPACE, "actiontemplates");
    let outcome = Installer::new().install(&octopus, &["--space", SPACE]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    let after = octopus.documents(SPACE, "actiontemplates");
    assert_eq!(after.len(), 6);
    assert!(after.contains(&before[0]), "it is as it was");
    assert!(outcome.about_template(CREATE).starts_with("kept: changed"));
    let next = outcome.out.split("What to do next").nth(1).unwrap();
    assert!(next.contains(CREATE), "{next}");
}

#[test]
fn a_dry_run_says_everything_and_only_reads() {
    let octopus = Octopus::start();
    let outcome = Installer::new().install(&octopus, &["--space", SPACE, "--dry-run"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert!(octopus.requests().iter().all(|it| it.method == "GET"));
    assert!(
        outcome
            .about_template(CREATE)
            .starts_with("would be created")
    );
    assert!(outcome.about_package().contains("would be uploaded"));
    assert!(outcome.out.contains("Nothing was done"));
}

#[test]
fn each_space_is_installed_into_by_itself() {
    let octopus = Octopus::start();
    let second = octopus.add_space("Second");
    let installer = Installer::new();
    installer.install(&octopus, &["--space", "Second"]);
    assert_eq!(octopus.documents(SPACE, "actiontemplates").len(), 0);
    assert_eq!(octopus.documents(&second, "actiontemplates").len(), 6);
    installer.install(&octopus, &["--space", SPACE]);
    assert_eq!(octopus.documents(SPACE, "actiontemplates").len(), 6);
    assert_eq!(octopus.packages(&second), octopus.packages(SPACE));
}

#[test]
fn an_access_token_does_as_well() {
    let octopus = Octopus::start();
    let output = Installer::new()
        .command()
        .env("OCTOPUS_URL", octopus.url())
        .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token())
        .args(["--space", SPACE])
        .output()
        .unwrap();
    let outcome = Outcome::of(&output, &octopus);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert_eq!(octopus.documents(SPACE, "actiontemplates").len(), 6);
}
