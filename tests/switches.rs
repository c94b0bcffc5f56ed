//! Switches are read as true or false, and nothing else is taken for either.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{PURPOSE, add_live_key, delete, use_key};
use octopus_sim::{Octopus, RUNBOOK_SVC};

fn is_there(octopus: &Octopus) -> bool {
    let keys = octopus.keys(RUNBOOK_SVC);
    keys.iter().any(|key| key.purpose == PURPOSE)
}

#[test]
fn words_for_true_and_false_are_known_with_blanks_and_capitals() {
    for (words, revokes) in [
        (["True", " true ", "1", "YES", "on"], false),
        (["False", "false\t", "0", "no", " OFF"], true),
    ] {
        for word in words {
            let octopus = Octopus::start();
            add_live_key(&octopus, PURPOSE);
            delete(&octopus)
                .env("RUNKEY_DRY_RUN", word)
                .run()
                .expect_code(0);
            assert_eq!(is_there(&octopus), !revokes, "{word:?}");
        }
    }
}

#[test]
fn what_is_neither_is_refused_by_name_and_nothing_is_sent() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    for word in [
        "#{Project.DryRun}",
        "$false",
        "none",
        "2",
        "TrueFalse",
        "ja",
    ] {
        for switch in ["RUNKEY_DRY_RUN", "RUNKEY_REQUIRE", "RUNKEY_EXPIRED"] {
            let run = delete(&octopus).env(switch, word).run().expect_code(2);
            let sentence = format!("{switch} is '{word}', which is neither true nor false.");
            assert_eq!(run.result_message(), Some(sentence));
        }
        use_key(&octopus, &key.secret)
            .env("RUNKEY_NO_CHECK", word)
            .run()
            .expect_code(125)
            .expect_text("RUNKEY_NO_CHECK is '");
    }
    assert_eq!(octopus.connections(), 0);
    assert!(is_there(&octopus));
}

#[test]
fn a_switch_of_the_log_that_cannot_be_read_keeps_no_key_from_being_revoked() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    let run = delete(&octopus)
        .env("RUNKEY_VERBOSE", "#{Project.Verbose}")
        .run()
        .expect_code(0);
    assert_eq!(
        run.at_level("stdout-warning"),
        [
            "RUNKEY_VERBOSE is '#{Project.Verbose}', which is neither true nor false. It is left aside."
        ]
    );
    assert!(!is_there(&octopus));
}

#[test]
fn a_switch_in_the_file_is_read_in_the_same_way() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    let file = |word: &str| {
        delete(&octopus)
            .args(["--env-file", "switches.env"])
            .file("switches.env", &format!("RUNKEY_DRY_RUN={word}\n"))
            .run()
    };
    file("maybe").expect_code(2).expect_text("RUNKEY_DRY_RUN");
    file("on")
        .expect_code(0)
        .expect_text("nothing was changed (dry run)");
    assert!(is_there(&octopus));
    file("off").expect_code(0);
    assert!(!is_there(&octopus));
}
