//! `runkey create` when the server's answer is not what was asked for, or cannot be read: no key is
//! handed over, and none that can be named lives on.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{ALICE, Outcome, PURPOSE, create, requests};
use jiff::SignedDuration;
use octopus_sim::{Fault, Lie, Octopus, RUNBOOK_SVC, Settings, Wording};

const MADE: &str = "POST /api/users/Users-21/apikeys";
const REVOKED: &str = "DELETE /api/users/Users-21/apikeys/ID";

/// Runs `create` against a server that answers its request for a key so, and fails unless that ends
/// the step with nothing handed over.
#[track_caller]
fn lied_to(octopus: &Octopus, lie: Lie) -> Outcome {
    octopus.fault(lie).on("POST", "/apikeys");
    let run = create(octopus).run().expect_code(1);
    assert_eq!(run.variable("ApiKey"), None, "{run:#?}");
    assert!(run.result_message().is_some(), "{run:#?}");
    run
}

/// Alice's keys on the service account.
fn keys_of_the_run(octopus: &Octopus) -> usize {
    let keys = octopus.keys(RUNBOOK_SVC);
    keys.iter().filter(|key| key.purpose == PURPOSE).count()
}

#[test]
fn a_key_that_is_not_what_was_asked_for_is_revoked_at_once() {
    let hour = SignedDuration::from_hours(1);
    for (lie, sentence) in [
        (Lie::expires_in(-hour), "as it was asked to"),
        (
            Lie::expires_in(SignedDuration::from_secs(-2)),
            "as it was asked to",
        ),
        (Lie::no_expiry(), "a key that never expires"),
        (
            Lie::expires_later_by(SignedDuration::from_secs(61)),
            "as it was asked to",
        ),
        (Lie::expires_later_by(hour * 24 * 180), "as it was asked to"),
        (Lie::empty_secret(), "it is empty, or holds a character"),
        (Lie::secret_with(' '), "it is empty, or holds a character"),
        (Lie::secret_with('\n'), "it is empty, or holds a character"),
        (
            Lie::secret_with('\u{7}'),
            "it is empty, or holds a character",
        ),
        (Lie::secret_with('é'), "it is empty, or holds a character"),
        (Lie::without("Purpose"), "stored another purpose"),
    ] {
        let octopus = Octopus::start();
        lied_to(&octopus, lie.clone())
            .expect_text(sentence)
            .expect_text("The key that was made has been revoked.");
        assert_eq!(requests(&octopus)[1..], [MADE, REVOKED], "{lie}");
        assert_eq!(keys_of_the_run(&octopus), 0, "{lie}");
    }
}

#[test]
fn an_expiry_that_differs_by_no_more_than_a_minute_is_what_was_asked_for() {
    for lie in [
        Lie::expires_later_by(SignedDuration::from_secs(60)),
        Lie::expires_later_by(SignedDuration::from_secs(-60)),
    ] {
        let octopus = Octopus::start();
        octopus.fault(lie).on("POST", "/apikeys");
        create(&octopus).run().expect_code(0);
        assert_eq!(keys_of_the_run(&octopus), 1);
    }
}

#[test]
fn a_success_that_cannot_be_read_is_not_repeated_and_its_key_is_revoked_if_it_can_be_named() {
    let no_text = || {
        Lie::json("a secret that is no text", |key| {
            key["ApiKey"] = serde_json::json!({ "HasValue": true });
        })
    };
    for lie in [Lie::without("ApiKey"), no_text()] {
        let octopus = Octopus::start();
        lied_to(&octopus, lie.clone())
            .expect_text("the answer is not what Octopus sends")
            .expect_text("The key that was made has been revoked.");
        assert_eq!(requests(&octopus)[1..], [MADE, REVOKED], "{lie}");
        assert_eq!(keys_of_the_run(&octopus), 0, "{lie}");
    }
}

#[test]
fn a_success_that_names_no_key_is_not_repeated_and_what_it_may_have_made_is_said() {
    for lie in [
        Lie::not_json(),
        Lie::cut_json(),
        Lie::without("Id"),
        Lie::wrong_types(),
    ] {
        let octopus = Octopus::start();
        lied_to(&octopus, lie.clone())
            .expect_text("the answer is not what Octopus sends")
            .expect_text("A key may have been made all the same");
        assert_eq!(requests(&octopus)[1..], [MADE], "{lie}");
    }
}

#[test]
fn a_key_that_could_not_be_revoked_is_named() {
    let octopus = Octopus::start();
    octopus.fault(Fault::Status(403)).on("DELETE", "/apikeys/");
    let run = lied_to(&octopus, Lie::empty_secret());
    let key = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    run.expect_text(&format!(
        "The key that was made, {}, could not be revoked",
        key.id
    ));
}

#[test]
fn a_key_that_a_first_attempt_may_have_made_is_said() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::ResetAfterProcessing)
        .on("POST", "/apikeys");
    let run = create(&octopus).run().expect_code(0);
    assert_eq!(keys_of_the_run(&octopus), 2);
    let warnings = run.at_level("stdout-warning");
    assert_eq!(
        warnings,
        [
            "An earlier attempt may have made a key that was never received. It has the same purpose, so the delete step revokes it too."
        ]
    );

    let octopus = Octopus::start();
    create(&octopus).run().expect_code(0);
    let run = create(&octopus).run().expect_code(0);
    assert!(run.at_level("stdout-warning").is_empty(), "{run:#?}");
}

#[test]
fn a_refusal_after_a_lost_answer_says_that_a_key_may_have_been_made() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::ResetAfterProcessing)
        .on("POST", "/apikeys");
    octopus.fault(Fault::Status(403)).on("POST", "/apikeys");
    create(&octopus)
        .run()
        .expect_code(1)
        .expect_text("A key may have been made all the same");
}

#[test]
fn an_expiry_that_the_server_does_not_take_is_answered_with_what_to_do() {
    for wording in [Wording::Usual, Wording::Other] {
        let octopus = Settings {
            wording,
            ..Settings::default()
        }
        .start();
        let soon = octopus.now() + SignedDuration::from_mins(5);
        let short = octopus.add_key(RUNBOOK_SVC, "A short life", Some(soon));
        let run = create(&octopus)
            .env("OCTOPUS_API_KEY", &short.secret)
            .run()
            .expect_code(1)
            .expect_text("--expires-in (RUNKEY_EXPIRES_IN)")
            .expect_text("a credential that lives longer");
        assert_eq!(
            run.result_message().unwrap(),
            "Cannot create the key: the server answered 400."
        );
        assert!(run.stderr.contains("The server said: '"), "{run:#?}");
        assert!(!run.stdout.contains(ALICE), "{run:#?}");
        assert_eq!(keys_of_the_run(&octopus), 0);
    }
}

/// What stands before the server may hold back an answer with a key in it, and give one of its own.
fn held_back(status: u16) -> Lie {
    Lie::after("an answer held back", move |_, answer| {
        answer.status = status;
        "text/html".clone_into(&mut answer.content_type);
        answer.body = b"<html>Blocked</html>".to_vec();
    })
}

#[test]
fn an_answer_that_is_held_back_on_the_way_may_have_been_a_key() {
    for status in [400, 403, 404, 407, 413] {
        let octopus = Octopus::start();
        let run = lied_to(&octopus, held_back(status));
        run.expect_text("A key may have been made all the same");
        assert_eq!(keys_of_the_run(&octopus), 1, "{status}");

        // In one step it is looked for, and revoked.
        let octopus = Octopus::start();
        octopus.fault(held_back(status)).on("POST", "/apikeys");
        create(&octopus)
            .args(["--", "echo", "COMMAND ran"])
            .run()
            .expect_code(125);
        assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1, "{status}");
    }
}
