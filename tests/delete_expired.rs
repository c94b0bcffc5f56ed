//! `runkey delete --expired`: tidies up after runs that never came to their end.

mod common;

use common::{PURPOSE, Runkey, add_live_key, runkey};
use jiff::SignedDuration;
use octopus_sim::{AddedKey, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC};

/// `runkey delete --expired` for all runs.
fn delete_expired(octopus: &Octopus) -> Runkey<'_> {
    runkey(octopus, "delete")
        .without("RUNKEY_RUN_BY")
        .without("RUNKEY_RUN_ID")
        .args(["--expired"])
}

/// A key that expired a minute ago.
fn add_expired_key(octopus: &Octopus, owner: &str, purpose: &str) -> AddedKey {
    let past = octopus.now() - SignedDuration::from_mins(1);
    octopus.add_key(owner, purpose, Some(past))
}

#[test]
fn only_expired_keys_that_runkey_made_go() {
    let octopus = Octopus::start();
    let of_alice = add_expired_key(&octopus, RUNBOOK_ALICE, PURPOSE);
    let kept = [
        add_live_key(&octopus, PURPOSE).id,
        octopus.add_key(RUNBOOK_SVC, PURPOSE, None).id,
        add_expired_key(&octopus, RUNBOOK_SVC, "Alice's scripts").id,
        add_expired_key(&octopus, RUNBOOK_SVC, "notes on runkey").id,
        add_expired_key(&octopus, RUNBOOK_SVC, "[runkey ServerTasks-1]").id,
        add_expired_key(&octopus, RUNBOOK_SVC, "Alice [Runkey ServerTasks-1]").id,
        add_expired_key(&octopus, RUNBOOK_SVC, "Alice [runkey ServerTasks-1] old").id,
    ];
    add_expired_key(&octopus, RUNBOOK_SVC, PURPOSE);
    add_expired_key(&octopus, RUNBOOK_SVC, "Bob Ng (bob) [runkey ServerTasks-7]");
    let run = delete_expired(&octopus).run().expect_code(0);
    assert_eq!(
        run.at_level("stdout-highlight"),
        ["Revoked 2 keys of expired runs on the account Users-21."]
    );
    let left: Vec<_> = octopus.keys(RUNBOOK_SVC)[1..]
        .iter()
        .map(|key| key.id.clone())
        .collect();
    assert_eq!(left, kept);
    assert_eq!(octopus.keys(RUNBOOK_ALICE)[0].id, of_alice.id);
}

#[test]
fn progress_is_shown_while_many_go() {
    let octopus = Octopus::start();
    for number in 1..=4 {
        let purpose = format!("Alice King (alice) [runkey ServerTasks-{number}]");
        add_expired_key(&octopus, RUNBOOK_SVC, &purpose);
    }
    let run = delete_expired(&octopus).run().expect_code(0);
    let shown: Vec<_> = run
        .messages()
        .iter()
        .filter(|message| message.name == "progress")
        .map(|message| {
            let of = |name| message.get(name).unwrap_or_default().to_owned();
            (of("percentage"), of("message"))
        })
        .collect();
    let expected = [
        ("25", "1 of 4 keys"),
        ("50", "2 of 4 keys"),
        ("75", "3 of 4 keys"),
        ("100", "4 of 4 keys"),
    ]
    .map(|(percentage, message)| (percentage.to_owned(), message.to_owned()));
    assert_eq!(shown, expected);
}

#[test]
fn the_keys_of_another_account_are_tidied_up_by_its_owner() {
    let octopus = Octopus::start();
    add_expired_key(&octopus, RUNBOOK_ALICE, PURPOSE);
    delete_expired(&octopus)
        .args(["--owner", "runbook-alice"])
        .run()
        .expect_code(0);
    assert!(octopus.keys(RUNBOOK_ALICE).is_empty());
}

#[test]
fn nothing_to_tidy_up_is_no_warning() {
    let octopus = Octopus::start();
    let run = delete_expired(&octopus).run().expect_code(0);
    assert!(run.at_level("stdout-warning").is_empty(), "{run:#?}");
    run.expect_text("There is no key of expired runs on the account Users-21.");
    // Neither is it a failure: that a key must be there is about one run's.
    delete_expired(&octopus)
        .args(["--require"])
        .run()
        .expect_code(0);
    // A sweep has nothing to do most of the time, and so does not look a second time without the
    // server's help.
    assert_eq!(octopus.requests().len(), 4);
}

#[test]
fn a_dry_run_changes_nothing() {
    let octopus = Octopus::start();
    let key = add_expired_key(&octopus, RUNBOOK_SVC, PURPOSE);
    delete_expired(&octopus)
        .args(["--dry-run"])
        .run()
        .expect_code(0)
        .expect_text(&format!("Would revoke {}", key.id));
    let requests = octopus.requests();
    assert!(requests.iter().all(|request| request.method == "GET"));
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 2);
}

#[test]
fn one_runs_key_and_all_expired_keys_cannot_be_asked_for_at_once() {
    let octopus = Octopus::start();
    for half in [
        ["--purpose", "nightly clean-up"],
        ["--run-by", "Alice"],
        ["--run-id", "ServerTasks-1"],
    ] {
        delete_expired(&octopus)
            .args(half)
            .run()
            .expect_code(2)
            .expect_text("Both one run's key and all expired keys are asked for.");
    }
    assert_eq!(octopus.connections(), 0);
}
