//! `runkey create -- COMMAND`: the whole run in one step.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{ALICE, RUN, create, live_keys, requests};
use octopus_sim::{ALICE as ALICE_ID, Octopus, RUNBOOK_SVC, Settings};
use serde_json::Value;

/// What speaks JSON lines: it answers each with itself.
const WORK: &str = "cat";

#[test]
fn the_key_lives_exactly_as_long_as_the_command() {
    let octopus = Octopus::start();
    octopus.before_request("DELETE", "/apikeys", |octopus, _, _| {
        assert_eq!(live_keys(octopus).len(), 1, "it lived until now");
    });
    let run = create(&octopus).args(["--", "sh", "-c", "exit 0"]);
    run.run()
        .expect_code(0)
        .expect_text("Made a key for Alice King (alice), run ServerTasks-123-")
        .expect_text("Revoked the key of Alice King (alice), run ServerTasks-123-")
        .expect_text("the server no longer knows the key");
    assert_eq!(
        requests(&octopus),
        [
            "GET /api/users/me",
            "POST /api/users/Users-21/apikeys",
            "DELETE /api/users/Users-21/apikeys/ID",
            "GET /api/users/Users-21/apikeys/ID",
        ]
    );
    assert!(live_keys(&octopus).is_empty());
}

#[test]
fn the_commands_exit_code_is_runkeys_and_the_key_is_revoked() {
    let octopus = Octopus::start();
    for code in [0, 1, 2, 42, 125, 255] {
        let script = format!("exit {code}");
        create(&octopus)
            .args(["--", "sh", "-c", &script])
            .run()
            .expect_code(code);
        assert!(live_keys(&octopus).is_empty(), "{code}");
    }
}

#[test]
fn a_command_that_cannot_be_run_leaves_no_key() {
    let octopus = Octopus::start();
    create(&octopus)
        .args(["--", "no-such-command"])
        .run()
        .expect_code(127)
        .expect_text("The command 'no-such-command' was not found.");
    create(&octopus)
        .file("not-executable", "#!/bin/sh\n")
        .args(["--", "./not-executable"])
        .run()
        .expect_code(126)
        .expect_text("cannot be run");
    assert!(live_keys(&octopus).is_empty());
    assert_eq!(octopus.events().len(), 4, "two keys were made and revoked");
}

#[test]
fn standard_input_and_output_are_the_commands_byte_for_byte() {
    let octopus = Octopus::start();
    for format in ["text", "json"] {
        let lines = "{\"jsonrpc\":\"2.0\",\"id\":1}\n{\"id\":2}\nno line";
        let run = create(&octopus)
            .args(["--output", format, "-v", "--", "sh", "-c", WORK])
            .input(lines)
            .run()
            .expect_code(0);
        assert_eq!(run.stdout, lines, "{format}");
    }
}

#[test]
fn errors_beside_a_command_go_to_standard_error_alone() {
    let octopus = Octopus::start();
    for arguments in [
        &["--expires-in", "soon", "--", "true"][..],
        &["--purpose", "Alice", "--", "true"],
        &["--owner", "nobody", "--", "true"],
        &["--"],
    ] {
        let run = create(&octopus).args(arguments).run().expect_code(125);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(!run.stderr.is_empty(), "{arguments:?}");
    }
    let sent = requests(&octopus);
    assert!(!sent.iter().any(|request| request.starts_with("POST")));
}

#[test]
fn json_is_one_object_on_standard_error_when_all_is_over() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .args([
            "--output",
            "json",
            "--",
            "sh",
            "-c",
            "echo work >&2; exit 3",
        ])
        .run()
        .expect_code(3);
    let objects: Vec<Value> = run
        .stderr
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let [object] = &objects[..] else {
        panic!("one object: {run:#?}")
    };
    assert_eq!(object["ExitCode"], 3);
    assert_eq!(object["ApiKeyOwnerId"], RUNBOOK_SVC);
    assert_eq!(object["Revoked"][0], object["ApiKeyId"]);
    let purpose = object["ApiKeyPurpose"].as_str().unwrap();
    assert!(purpose.starts_with(ALICE), "{purpose}");
    assert!(object.get("ApiKey").is_none());
    assert_eq!(
        run.stderr.lines().last().unwrap(),
        run.stderr
            .lines()
            .rfind(|line| line.starts_with('{'))
            .unwrap()
    );
}

#[test]
fn octopus_masks_the_key_and_nothing_else_hands_it_over() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .args(["--output", "octopus", "--", "printf", "an open line"])
        .run()
        .expect_code(0);
    let names: Vec<_> = run
        .messages()
        .into_iter()
        .map(|message| message.name)
        .collect();
    assert_eq!(names, ["mask"]);
    assert!(run.stderr.starts_with("##octopus[mask "), "{run:#?}");
    assert!(run.stdout.contains("an open line\n"), "{run:#?}");
    let highlights = run.at_level("stdout-highlight");
    assert_eq!(highlights.len(), 2, "{run:#?}");
    assert!(highlights[1].starts_with("Revoked the key of Alice King (alice)"));
}

#[test]
fn two_runs_of_one_task_have_keys_of_their_own() {
    let octopus = Octopus::start();
    // The inner run ends while the outer one goes on.
    octopus.before_request("DELETE", "/apikeys", |octopus, number, _| {
        let lives = live_keys(octopus);
        assert_eq!(lives.len(), 3 - number, "{lives:?}");
    });
    let key = octopus.service_key();
    let script = "env OCTOPUS_ACCESS_TOKEN= OCTOPUS_API_KEY=\"$1\" RUNKEY_RUN_BY=\"$2\" RUNKEY_RUN_ID=\"$3\" \"$4\" create -- true";
    create(&octopus)
        .args(["--", "sh", "-c", script, "sh", key, ALICE, RUN])
        .args([common::program()])
        .run()
        .expect_code(0);
    assert!(live_keys(&octopus).is_empty());
    assert_eq!(octopus.events().len(), 4);
}

#[test]
fn at_a_desk_the_person_and_the_machine_name_the_run() {
    let octopus = Octopus::start();
    let file = format!(
        "OCTOPUS_URL={}\nOCTOPUS_API_KEY={}\n",
        octopus.url(),
        octopus.key_of_alice()
    );
    let run = create(&octopus)
        .without("OCTOPUS_URL")
        .without("OCTOPUS_API_KEY")
        .without("RUNKEY_RUN_BY")
        .without("RUNKEY_RUN_ID")
        .file(".env", &file)
        .args(["--output", "json", "--", "true"])
        .run()
        .expect_code(0);
    let object: Value = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    let purpose = object["ApiKeyPurpose"].as_str().unwrap();
    let id = purpose
        .strip_prefix("Alice King (alice) [runkey ")
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or_else(|| panic!("{purpose}"));
    let (host, random) = id.rsplit_once('-').unwrap();
    let name = rustix::system::uname();
    assert!(name.nodename().to_str().unwrap().starts_with(host));
    assert_eq!(random.len(), 8);
    assert_eq!(object["ApiKeyOwnerId"], ALICE_ID);
    assert_eq!(octopus.keys(ALICE_ID).len(), 1, "her own key alone");
}

#[test]
fn a_service_account_is_nobody_in_particular() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .without("RUNKEY_RUN_BY")
        .args(["--", "true"])
        .run()
        .expect_code(125)
        .expect_text("'runbook-svc', is not a person's");
    run.expect_text("--run-by");
    assert_eq!(requests(&octopus), ["GET /api/users/me"]);
}

#[test]
fn a_credential_that_may_not_make_keys_says_what_it_lacks() {
    let octopus = Settings {
        service_account_edits_users: false,
        ..Settings::default()
    }
    .start();
    create(&octopus)
        .args(["--owner", "Users-22", "--", "true"])
        .run()
        .expect_code(125)
        .expect_text("the permission to edit users");
}

#[test]
fn options_for_a_command_are_wrong_without_one() {
    let octopus = Octopus::start();
    for option in ["--grace=3s", "--report=report.html", "--space=Spaces-1"] {
        create(&octopus)
            .args([option])
            .run()
            .expect_code(2)
            .expect_text("and there is none");
    }
    assert!(requests(&octopus).is_empty());
    // What stands in the environment may be for the steps that follow.
    create(&octopus)
        .env("OCTOPUS_SPACE", "Spaces-1")
        .env("RUNKEY_REPORT", "report.html")
        .run()
        .expect_code(0);
}

#[test]
fn the_report_is_of_this_run() {
    let octopus = Octopus::start();
    let script = "curl -fsS -H \"X-Octopus-ApiKey: $OCTOPUS_API_KEY\" -d '{\"Name\":\"Staging\"}' \"$OCTOPUS_URL/api/Spaces-1/environments\" >made";
    let (mut command, folder) = create(&octopus)
        .args(["--report", "report.json", "--", "sh", "-c", script])
        .into_command();
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let report = std::fs::read_to_string(folder.join("report.json")).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["Changes"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(report["Keys"][0]["Fate"], "Revoked", "{report}");
}

#[test]
fn help_shows_both_ways() {
    let octopus = Octopus::start();
    create(&octopus)
        .args(["--help"])
        .run()
        .expect_code(0)
        .expect_text("runkey create --run-by 'Alice King (alice)' --run-id ServerTasks-123")
        .expect_text("runkey create --space Default -- octopus environment list");
}

#[test]
fn a_report_that_could_not_be_written_is_refused_before_the_run_begins() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .args(["--report", "report.txt", "--", "echo", "COMMAND ran"])
        .run()
        .expect_code(125)
        .expect_text("There is no audit report: 'report.txt' is neither .html nor .json.");
    assert!(!run.stdout.contains("COMMAND ran"), "{run:#?}");
    assert_eq!(octopus.connections(), 0);
}
