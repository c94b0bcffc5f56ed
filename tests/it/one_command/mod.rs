//! `runkey create -- COMMAND`: the whole run around one command.

#![cfg(unix)]

mod credentials;

use jiff::SignedDuration;
use octopus_sim::{Fault, OIDC_SUBJECT, Octopus, RUNBOOK_SVC};

use crate::support::running::start_until_line;
use crate::support::server::{DELETE, HOUR, active_keys, always, requests};
use crate::support::{Runkey, bare, create};

/// `runkey create -- sh -c SCRIPT`.
fn run_script<'a>(octopus: &'a Octopus, script: &str) -> Runkey<'a> {
    create(octopus).args(["--", "sh", "-c", script])
}

#[test]
fn key_is_active_while_the_command_runs() {
    let octopus = Octopus::start();
    octopus.before_request("DELETE", "/apikeys", |octopus, _, _| {
        assert_eq!(active_keys(octopus).len(), 1);
    });
    run_script(&octopus, "exit 0").run().expect_code(0);

    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn gives_the_command_the_run_key_alone() {
    let octopus = Octopus::start();
    let script = "env > environment; echo \"$OCTOPUS_API_KEY\" > key";
    let run = run_script(&octopus, script)
        .env("COPY", octopus.service_key())
        .env("DATABASE_URL", format!("x={};", octopus.service_key()))
        .env("OCTOPUS_SPACE", "Spaces-1")
        .run()
        .expect_code(0);
    let environment = run.file("environment");
    assert!(!environment.contains(octopus.service_key()));
    assert!(environment.contains("OCTOPUS_SPACE=Spaces-1\n"));
    assert!(!environment.contains("RUNKEY_"));
    let key = run.file("key").trim().to_owned();
    assert!(octopus.every_secret().contains(&key));
    run.expect_text("COPY").expect_text("DATABASE_URL");
}

#[test]
fn gives_each_run_of_a_task_a_key_of_its_own() {
    let octopus = Octopus::start();
    let (first, _) = start_until_line(run_script(&octopus, "echo ready; exec sleep 60"));
    run_script(&octopus, "true").run().expect_code(0);
    let keys = active_keys(&octopus);
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert!(
        keys[0].starts_with("Alice King (alice) [runkey ServerTasks-123~"),
        "{keys:?}"
    );
    first.signal(rustix::process::Signal::TERM);
    first.end().expect_code(143);
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn names_run_after_account_and_host() {
    let octopus = Octopus::start();
    let run = bare(&octopus)
        .env("OCTOPUS_API_KEY", octopus.key_of_alice())
        .line("create -- sh -c true")
        .run()
        .expect_code(0);
    assert!(run.has("for \"Alice King (alice)\""), "{run:#?}");
    let purpose = octopus
        .requests()
        .iter()
        .find(|request| request.method == "POST")
        .unwrap()
        .body
        .clone();
    let host = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    let host = host.split('.').next().unwrap().to_owned();
    assert!(
        purpose.contains(&format!("Alice King (alice) [runkey {host}~")),
        "{purpose}"
    );
}

#[test]
fn revokes_both_keys_after_a_lost_response() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::ResetAfterProcessing)
        .on("POST", "/apikeys");
    run_script(&octopus, "true")
        .env("RUNKEY_TIMEOUT", "1s")
        .run()
        .expect_code(0);
    assert_eq!(active_keys(&octopus), [""; 0]);
    assert_eq!(
        octopus.events().len(),
        4,
        "two keys were created and revoked"
    );
}

#[test]
fn revokes_key_of_a_create_that_gave_up() {
    for fault in [
        Fault::ResetAfterProcessing,
        Fault::edit("held back", |_, response| {
            response.make_page(403, "Blocked");
        }),
        Fault::not_json(),
    ] {
        let octopus = Octopus::start();
        always(&octopus, "POST /apikeys", fault.clone());
        let run = run_script(&octopus, "echo x > ran")
            .env("RUNKEY_TIMEOUT", "1s")
            .run();
        let run = run.expect_code(125);
        assert!(!run.has_file("ran"), "{fault}");
        assert_eq!(active_keys(&octopus), [""; 0], "{fault}: {run:#?}");
    }
}

#[test]
fn waits_for_a_server_that_is_away_at_the_end() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::Status(503))
        .on("DELETE", "/apikeys")
        .times(2);
    octopus
        .fault(Fault::RefusedConnection)
        .on("GET", "/apikeys")
        .times(2);
    run_script(&octopus, "true").run().expect_code(0);
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn is_content_with_a_key_that_expired_meanwhile() {
    let octopus = Octopus::start();
    let (running, _) = start_until_line(run_script(&octopus, "echo ready; exec sleep 60"));
    octopus.advance_clock(SignedDuration::from_hours(2));
    running.signal(rustix::process::Signal::TERM);
    running.end().expect_code(143);
}
