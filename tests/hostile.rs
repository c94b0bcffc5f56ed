//! What strangers write reaches the log shortened and defused: the server, a proxy, other people's
//! names and purposes. No service message of theirs, no terminal escape, no flood.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{Outcome, create, delete, use_key};
use jiff::SignedDuration;
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC};

/// Clears a screen, sets a variable, breaks the line, turns the direction of reading, floods.
fn hostile() -> String {
    let attack = "\u{1b}[2J\u{1b}]0;title\u{7}##octopus[setVariable name='QXBpS2V5' value='QQ==']\r\n\
                  ##octopus[createArtifact path='L2V0Yy9zaGFkb3c=' name='eA==']\u{9b}31m\u{202e}";
    format!("{attack}{}{attack}", "Z".repeat(100_000))
}

/// No line of either stream is long, moves the cursor, or makes the worker do what we did not ask.
#[track_caller]
fn assert_tame(outcome: &Outcome) {
    for line in outcome.stdout.lines().chain(outcome.stderr.lines()) {
        let shown: String = line.chars().take(200).collect();
        assert!(line.chars().count() < 3000, "a flood: {shown}…");
        assert!(!line.chars().any(char::is_control), "{shown:?}");
        assert!(!line.contains('\u{202e}'), "{shown:?}");
        let ours = ["std", "resultMessage", "progress"];
        let message = octopus_sim::worker::service_message::parse(line);
        if let Some(message) = message {
            assert!(
                ours.iter().any(|name| message.name.starts_with(name)),
                "{shown}"
            );
        }
    }
}

#[test]
fn a_hostile_error_text_is_shown_tame_by_every_step() {
    let octopus = Octopus::start();
    let key = octopus.add_key(RUNBOOK_SVC, common::PURPOSE, None).secret;
    for status in [400, 401, 403, 404, 409] {
        for (step, code) in [
            (create(&octopus), 1),
            (use_key(&octopus, &key), 125),
            (delete(&octopus), 1),
        ] {
            octopus.fault(Fault::HostileError {
                status,
                text: hostile(),
            });
            let run = step.args(["-v"]).run().expect_code(code);
            assert_tame(&run);
        }
    }
}

#[test]
fn a_secret_that_the_server_quotes_back_is_hidden() {
    let octopus = Octopus::start();
    let quoted = format!(
        "'{}' and '{}' are both bad",
        octopus.service_key(),
        octopus.access_token()
    );
    let key = octopus.add_key(RUNBOOK_SVC, common::PURPOSE, None).secret;
    for step in [create(&octopus), use_key(&octopus, &key), delete(&octopus)] {
        octopus.fault(Fault::HostileError {
            status: 401,
            text: quoted.clone(),
        });
        // `run` fails the test when a secret shows.
        step.args(["-v"]).run().expect_text("are both bad");
    }
}

#[test]
fn a_hostile_redirect_is_named_tame_and_without_its_query() {
    let octopus = Octopus::start();
    let to = format!(
        "http://127.0.0.1:9/{}?key={}##octopus[mask value='QQ==']",
        "Z".repeat(5000),
        octopus.service_key()
    );
    octopus.fault(Fault::Redirect { to });
    let run = create(&octopus).run().expect_code(1);
    assert_tame(&run);
    run.expect_text("redirects to 'http://127.0.0.1:9/ZZZZ");
}

#[test]
fn a_hostile_user_name_is_shown_tame() {
    let octopus = Octopus::start();
    let owner = octopus.add_user(&hostile(), &hostile(), true);
    let key = octopus.add_key(&owner, "Deployments", None).secret;
    for options in [&[][..], &["--owner", "runbook-alice"]] {
        let run = use_key(&octopus, &key)
            .without("RUNKEY_RUN_BY")
            .without("RUNKEY_RUN_ID")
            .args(options)
            .run();
        assert_tame(&run);
        run.expect_text("belongs to '[2J ]0;title ♯#octopus[setVariable");
    }
}

#[test]
fn a_hostile_purpose_is_shown_tame_wherever_it_comes_from() {
    let octopus = Octopus::start();
    let past = octopus.now() - SignedDuration::from_hours(1);
    let soon = octopus.now() + SignedDuration::from_hours(1);
    let purpose = format!(
        "{} [runkey {}]",
        hostile(),
        hostile().replace(['[', ']'], "(")
    );
    let key = octopus.add_key(RUNBOOK_SVC, &hostile(), Some(soon));
    let run = use_key(&octopus, &key.secret)
        .args(["--owner", RUNBOOK_SVC, "--key-id", &key.id])
        .run()
        .expect_code(125);
    assert_tame(&run);
    octopus.add_key(RUNBOOK_SVC, &purpose, Some(past));
    for options in [&["--expired", "--dry-run"][..], &["--expired"]] {
        let run = delete(&octopus)
            .without("RUNKEY_RUN_BY")
            .without("RUNKEY_RUN_ID")
            .args(options)
            .run()
            .expect_code(0);
        assert_tame(&run);
        run.expect_text("♯#octopus[createArtifact");
    }
    assert_eq!(
        octopus.keys(RUNBOOK_SVC).len(),
        2,
        "the expired one is gone"
    );
}
