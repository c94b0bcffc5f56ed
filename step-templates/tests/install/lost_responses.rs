//! Responses that are lost: what was carried out is neither repeated nor called refused.

use octopus_sim::{Fault, Octopus};
use step_templates::package::file_name;

use crate::installer::{Installer, SPACE, writes};

const EXAMPLE: [&str; 4] = [
    "--service-account",
    "robot",
    "--example-runbook",
    "Web Shop",
];
const WRITES: [(&str, &str); 8] = [
    ("POST", "/actiontemplates"),
    ("POST", "/users"),
    ("POST", "/oidcidentities/create/v1"),
    ("POST", "/accounts"),
    ("POST", "/runbooks"),
    ("PUT", "/runbookProcesses/"),
    ("PUT", "/variables/"),
    ("POST", "/runbookSnapshots"),
];

/// What install creates, and how many of each.
fn created(octopus: &Octopus) -> Vec<usize> {
    let kinds = [
        "actiontemplates",
        "accounts",
        "runbooks",
        "runbooksnapshots",
    ];
    let documents = kinds.map(|kind| octopus.documents(SPACE, kind).len());
    let set = octopus.documents(SPACE, "variables").remove(0);
    let variables = set["Variables"].as_array().unwrap().len();
    let packages = octopus.packages(SPACE).len();
    [&documents[..], &[variables, packages]].concat()
}

#[test]
fn takes_what_was_created_although_the_response_was_lost() {
    for (method, path) in WRITES {
        let octopus = Octopus::start();
        let lost = octopus.fault(Fault::ResetAfterProcessing);
        lost.on(method, path);
        let outcome = Installer::new().succeed(&octopus, &EXAMPLE);
        assert_eq!(created(&octopus), [6, 1, 2, 2, 1, 1], "{method} {path}");
        assert!(!outcome.out.contains("kept"), "{path}: {}", outcome.out);
        let posts = writes(&octopus);
        let posts = posts.iter().filter(|it| it.ends_with("/create/v1"));
        assert_eq!(posts.count(), 2, "identities, {path}");
    }
}

#[test]
fn repeats_what_was_not_carried_out() {
    for (method, path) in WRITES {
        let octopus = Octopus::start();
        for fault in [Fault::ResetBeforeProcessing, Fault::Status(503)] {
            octopus.fault(fault).on(method, path);
        }
        Installer::new().succeed(&octopus, &EXAMPLE);
        assert_eq!(created(&octopus), [6, 1, 2, 2, 1, 1], "{method} {path}");
    }
}

#[test]
fn uploads_no_package_twice_when_responses_are_lost() {
    for times in [1, 3] {
        let octopus = Octopus::start();
        let lost = octopus.fault(Fault::ResetAfterProcessing);
        lost.on("POST", "/packages/raw").times(times);
        let outcome = Installer::new().succeed(&octopus, &[]);
        let package = outcome.about_package();
        assert_eq!(package, "uploaded, with the program for linux-x64");
        assert_eq!(octopus.packages(SPACE), [file_name()]);
        assert!(
            outcome.out.contains("Delete the package"),
            "{}",
            outcome.out
        );
    }
}
