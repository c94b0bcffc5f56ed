//! `runkey delete` when the server does not play along: it revokes what it can and never says that
//! a key is gone which is not.

mod common;

use common::{PURPOSE, add_live_key, create, delete};
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC};

#[test]
fn a_refused_deletion_fails_the_step_and_the_other_keys_still_go() {
    let octopus = Octopus::start();
    let [first, stubborn, last] = [(); 3].map(|()| add_live_key(&octopus, PURPOSE));
    octopus
        .fault(Fault::Status(403))
        .on("DELETE", &stubborn.id)
        .forever();
    let run = delete(&octopus).run().expect_code(1);

    let left = octopus.keys(RUNBOOK_SVC);
    assert!(
        left.iter()
            .all(|key| key.id != first.id && key.id != last.id)
    );
    let lives_on = left.iter().find(|key| key.id == stubborn.id);
    let expires = lives_on.and_then(|key| key.expires).expect("it expires");
    let said = format!(
        "The key {} could not be revoked, and it expires by itself at {expires:.0}: \
         the server refused it (403).",
        stubborn.id
    );
    assert_eq!(run.result_message(), Some(said.clone()));
    assert!(run.at_level("stdout-warning")[0].starts_with(&said));
    run.expect_text("The server said: 'The server is in trouble.'")
        .expect_text("Revoked 2 keys of");
}

#[test]
fn every_key_that_lives_on_is_named() {
    let octopus = Octopus::start();
    let keys = [(); 3].map(|()| add_live_key(&octopus, PURPOSE));
    octopus
        .fault(Fault::Status(403))
        .on("DELETE", "/apikeys")
        .forever();
    let run = delete(&octopus)
        .args(["--output", "json"])
        .run()
        .expect_code(1);
    let outcome: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let newest_first = [&keys[2].id, &keys[1].id, &keys[0].id];
    assert_eq!(outcome["Failed"], serde_json::json!(newest_first));
    for key in keys {
        assert!(
            run.stderr
                .contains(&format!("The key {} could not be revoked", key.id)),
            "{run:#?}"
        );
    }
}

#[test]
fn a_key_that_never_expires_and_lives_on_is_called_that() {
    let octopus = Octopus::start();
    let key = octopus.add_key(RUNBOOK_SVC, PURPOSE, None);
    octopus
        .fault(Fault::Status(403))
        .on("DELETE", "/apikeys")
        .forever();
    delete(&octopus).run().expect_code(1).expect_text(&format!(
        "The key {} could not be revoked, and it never expires by itself",
        key.id
    ));
}

#[test]
fn a_server_that_stays_broken_fails_the_step_when_the_time_is_over() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Fault::Status(503))
        .on("DELETE", "/apikeys")
        .forever();
    delete(&octopus)
        .args(["--retry-for", "1s"])
        .run()
        .expect_code(1)
        .expect_text(&format!("The key {} could not be revoked", key.id))
        .expect_text("the server answered 503");
}

#[test]
fn a_refusal_of_another_key_is_not_taken_for_the_loss_of_its_own() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Fault::Status(401))
        .on("DELETE", "/apikeys")
        .forever();
    delete(&octopus).run().expect_code(1);
}

#[test]
fn delete_removes_every_key_that_a_failed_create_left_behind() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::ResetAfterProcessing)
        .on("POST", "/apikeys")
        .forever();
    create(&octopus)
        .args(["--retry-for", "1s"])
        .run()
        .expect_code(1)
        .expect_text("A key may have been made all the same");
    assert!(octopus.keys(RUNBOOK_SVC).len() > 2, "the answers were lost");
    delete(&octopus).args(["--require"]).run().expect_code(0);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}
