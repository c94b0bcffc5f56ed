//! Records and clocks of a server that are odd: none hides another, and none lengthens a key.

use octopus_sim::{Fault, Octopus, RUNBOOK_ALICE};
use serde_json::{Value, json};

use crate::support::server::{active_keys, add_key};
use crate::support::{PURPOSE, create, delete};

/// Stands for a lone surrogate, which no JSON library writes.
const LONE: &str = "LONE-SURROGATE";

/// Members that a record of another run or person has instead of its own.
fn odd_members() -> Vec<(&'static str, Value)> {
    vec![
        ("Expires", json!("9999-12-31T23:59:59.9999999+00:00")),
        ("Expires", json!("2026-11-25T10:00:00")),
        ("Expires", json!("soon")),
        ("Expires", json!(7)),
        ("Created", Value::Null),
        ("Purpose", Value::Null),
        ("Purpose", json!(["x"])),
        ("Purpose", json!(LONE)),
        ("Id", json!(7)),
        ("ApiKey", json!("x")),
        ("Username", Value::Null),
        ("Username", json!(7)),
        ("DisplayName", json!(LONE)),
        ("DisplayName", json!({})),
    ]
}

/// Gives the record with this ID an odd member, in every list.
fn make_odd(octopus: &Octopus, path: &str, id: String, (member, value): (&'static str, Value)) {
    let fault = Fault::edit("an odd record", move |_, response| {
        response.edit_json(|page| {
            for item in page["Items"].as_array_mut().into_iter().flatten() {
                if item["Id"] == id.as_str() {
                    item[member] = value.clone();
                }
            }
        });
        let text = String::from_utf8(response.body.clone()).unwrap();
        response.body = text.replace(LONE, "\\ud800").into_bytes();
    });
    octopus.fault(fault).on("GET", path).forever();
}

#[test]
fn odd_record_hides_no_other_key() {
    for (member, value) in odd_members() {
        let octopus = Octopus::start();
        let other = add_key(&octopus, "Bob [runkey ServerTasks-9]").id;
        add_key(&octopus, PURPOSE);
        make_odd(&octopus, "/apikeys", other, (member, value.clone()));
        let run = delete(&octopus).run();
        let left = active_keys(&octopus);
        assert_eq!(
            left,
            ["Bob [runkey ServerTasks-9]"],
            "{member} {value}: {run:#?}"
        );
        run.expect_code(0);
    }
}

#[test]
fn odd_record_hides_no_other_account() {
    for (member, value) in odd_members() {
        let octopus = Octopus::start();
        let other = octopus.add_user("RUNBOOK-ALICE-2", "Odd", true);
        make_odd(&octopus, "/api/users", other, (member, value.clone()));
        let run = create(&octopus).line("--owner Runbook-Alice").run();
        let owner = run.variable("ApiKeyOwnerId");
        assert_eq!(
            owner.as_deref(),
            Some(RUNBOOK_ALICE),
            "{member} {value}: {run:#?}"
        );
    }
}

/// U+212A, the Kelvin sign, is a K to a search that folds all of Unicode.
#[test]
fn kelvin_sign_is_no_k() {
    let octopus = Octopus::start();
    octopus.add_user("svc-bac\u{212A}up", "Not it", true);
    let run = create(&octopus).args(["--owner", "svc-backup"]).run();
    run.expect_error(
        1,
        "Cannot find the account 'svc-backup': no account has this username.",
    );
}
