//! Options and their variables: which of them counts.

mod common;

use common::{add_live_key, requests, runkey};
use octopus_sim::{Octopus, RUNBOOK_SVC};

#[test]
fn an_empty_variable_counts_as_not_set() {
    let octopus = Octopus::start();
    let mut run = runkey(&octopus, "create");
    for variable in [
        "OCTOPUS_ACCESS_TOKEN",
        "RUNKEY_OUTPUT",
        "RUNKEY_CA_FILE",
        "RUNKEY_TIMEOUT",
        "RUNKEY_RETRY_FOR",
        "RUNKEY_ENV_FILE",
        "RUNKEY_VERBOSE",
        "RUNKEY_PURPOSE",
        "RUNKEY_OWNER",
        "RUNKEY_EXPIRES_IN",
        "RUNKEY_ACCESS",
        "RUNKEY_ACTOR_TYPE",
    ] {
        run = run.env(variable, "");
    }
    run.run().expect_code(0);
    let run = runkey(&octopus, "delete").env("OCTOPUS_URL", "");
    run.run()
        .expect_code(2)
        .expect_text("The Octopus Server's URL is missing.");
}

#[test]
fn an_option_wins_over_its_variable() {
    let octopus = Octopus::start();
    runkey(&octopus, "create")
        .env("OCTOPUS_URL", "https://wrong.invalid")
        .env("RUNKEY_OUTPUT", "text")
        .env("RUNKEY_RUN_BY", "Bob Ng (bob)")
        .args([
            "--url",
            octopus.url(),
            "--output",
            "json",
            "--run-by",
            "Alice",
        ])
        .run()
        .expect_code(0)
        .expect_text("\"ApiKeyPurpose\":\"Alice [runkey ServerTasks-123]\"");
}

#[test]
fn switches_are_variables_too_and_off_where_they_say_so() {
    let octopus = Octopus::start();
    for (value, code) in [
        ("true", 1),
        ("1", 1),
        ("false", 0),
        ("0", 0),
        ("no", 0),
        ("", 0),
    ] {
        runkey(&octopus, "delete")
            .env("RUNKEY_REQUIRE", value)
            .run()
            .expect_code(code);
    }
}

#[test]
fn options_may_stand_before_the_step() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, common::PURPOSE);
    runkey(&octopus, "--verbose")
        .args(["delete"])
        .run()
        .expect_code(0);
    assert!(requests(&octopus)[2].starts_with("DELETE"));
    assert!(
        octopus
            .keys(RUNBOOK_SVC)
            .iter()
            .all(|left| left.id != key.id)
    );
}
