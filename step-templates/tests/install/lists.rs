//! Lists of other people's documents: they have pages, move, and say anything of their length.

use octopus_sim::{Fault, Octopus, Settings, Total};
use serde_json::json;

use crate::installer::{Installer, SPACE, requests, writes};
use crate::{CREATE, exported, put_into};

/// A server of pages of 30, with 40 templates of others that are sorted before ours.
fn with_foreign_templates() -> Octopus {
    let settings = Settings {
        largest_page: Some(30),
        ..Settings::default()
    };
    let octopus = settings.start();
    for number in 0..40 {
        let name = format!("Another's {number}");
        put_into(
            &octopus,
            json!({ "Name": name, "ActionType": "Octopus.Script" }),
        );
    }
    octopus
}

#[test]
fn finds_its_templates_behind_the_first_page() {
    for total in [Total::Zero, Total::ThisPage, Total::Half, Total::Absent] {
        let octopus = with_foreign_templates();
        let lists = octopus.fault(Fault::total(total));
        lists.on("GET", "/actiontemplates").forever();
        let installer = Installer::new();
        installer.succeed(&octopus, &[]);
        octopus.forget_requests();
        installer.succeed(&octopus, &[]);
        assert_eq!(
            octopus.documents(SPACE, "actiontemplates").len(),
            46,
            "{total:?}"
        );
        assert_eq!(writes(&octopus), [""; 0], "{total:?}");
    }
}

#[test]
fn names_each_space_once_when_the_list_moves() {
    let settings = Settings {
        largest_page: Some(30),
        ..Settings::default()
    };
    let octopus = settings.start();
    for number in 0..40 {
        octopus.add_space(&format!("Space {number:02}"));
    }
    let moved = Fault::json("moved", |page| {
        let items = page["Items"].as_array_mut();
        items.unwrap().remove(0);
    });
    octopus.fault(moved).on("GET", "/spaces").at(2);
    let outcome = Installer::new().install(&octopus, &["--space", "x"]);
    assert!(requests(&octopus).len() > 3, "the list was read again");
    assert_eq!(
        outcome.err.matches("Space 05").count(),
        1,
        "{}",
        outcome.err
    );
    assert_eq!(
        outcome.err.matches("Space 39").count(),
        1,
        "{}",
        outcome.err
    );
}

#[test]
fn compares_names_without_regard_to_case() {
    let octopus = Octopus::start();
    let mut template = exported(CREATE);
    template["Name"] = CREATE.to_uppercase().into();
    put_into(&octopus, template);
    Installer::new().succeed(
        &octopus,
        &[
            "--example-runbook",
            "WEB SHOP",
            "--service-account",
            "robot",
        ],
    );
    assert_eq!(octopus.documents(SPACE, "actiontemplates").len(), 6);
}
