//! `runkey delete` and the key that it authenticates with: spared where it is the service account's
//! long-lived one, deleted last where it is the run's own.

mod common;

use common::{PURPOSE, add_live_key, delete};
use octopus_sim::{AddedKey, Fault, Octopus, RUNBOOK_SVC};

/// The ids of the keys that were asked to be deleted, in order.
fn deletions(octopus: &Octopus) -> Vec<String> {
    let requests = octopus.requests();
    let deletions = requests.iter().filter(|request| request.method == "DELETE");
    deletions
        .filter_map(|request| Some(request.path.rsplit_once('/')?.1.to_owned()))
        .collect()
}

#[test]
fn the_key_it_authenticates_with_is_spared_when_the_purpose_names_no_run() {
    let octopus = Octopus::start();
    let own = octopus.keys(RUNBOOK_SVC).remove(0);
    let twin = add_live_key(&octopus, &own.purpose);
    let run = delete(&octopus)
        .args(["--purpose", &own.purpose, "--output", "json"])
        .run()
        .expect_code(1)
        .expect_text(&format!("The key {} is spared", own.id))
        .expect_text(&format!("The key {} lives on", own.id));
    let outcome: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        outcome,
        serde_json::json!({
            "DryRun": false,
            "WouldRevoke": [],
            "Revoked": [twin.id],
            "AlreadyGone": [],
            "Spared": [own.id],
            "Failed": [],
        })
    );
    assert_eq!(deletions(&octopus), [twin.id]);
}

#[test]
fn when_only_its_own_key_has_the_purpose_it_does_not_say_that_there_is_none() {
    let octopus = Octopus::start();
    let run = delete(&octopus)
        .args(["--purpose", "Runbooks"])
        .run()
        .expect_code(1);
    let warnings = run.at_level("stdout-warning");
    assert!(
        matches!(warnings[..], [spared] if spared.contains("is spared")),
        "{run:#?}"
    );
    delete(&octopus)
        .args(["--purpose", "Runbooks", "--require"])
        .run()
        .expect_code(1)
        .expect_text("it has this purpose, and runkey authenticates with it");
    assert_eq!(deletions(&octopus), [""; 0]);
}

#[test]
fn the_key_it_authenticates_with_goes_last_when_the_purpose_names_the_run() {
    let octopus = Octopus::start();
    let keys: Vec<AddedKey> = (0..3).map(|_| add_live_key(&octopus, PURPOSE)).collect();
    let [first, own, last] = &keys[..] else {
        panic!("three keys")
    };
    delete(&octopus)
        .env("OCTOPUS_API_KEY", &own.secret)
        .run()
        .expect_code(0);
    // Octopus lists the newest key first.
    assert_eq!(deletions(&octopus), [&*last.id, &first.id, &own.id]);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}

#[test]
fn a_lost_answer_to_the_deletion_of_its_own_key_is_a_success() {
    let octopus = Octopus::start();
    let own = add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Fault::ResetAfterProcessing)
        .on("DELETE", &own.id);
    delete(&octopus)
        .env("OCTOPUS_API_KEY", &own.secret)
        .run()
        .expect_code(0)
        .expect_text("Revoked 1 key of Alice King (alice), run ServerTasks-123.");
    let statuses: Vec<_> = octopus.requests()[2..]
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(statuses, [None, Some(401)]);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}
