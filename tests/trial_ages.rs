//! `runkey create --trial` on servers of every age and kind: it says what is so, and leaves no key.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{Outcome, create};
use jiff::SignedDuration;
use octopus_sim::{Hints, KeyWords, Octopus, RUNBOOK_SVC, RateLimit, Settings};
use std::time::Duration;

const NOT_CREATE: &str =
    "create will not work here: the server does not keep the expiry that it is given.";
const NOT_USE: &str =
    "use will not work here: the server does not keep the expiry that it is given.";

/// Runs a trial there and fails unless it ends so, says all this, and leaves what was there.
#[track_caller]
fn tried(settings: Settings, code: i32, sentences: &[&str]) -> (Octopus, Outcome) {
    let octopus = settings.start();
    let _ = octopus.tasks().queue();
    let mut outcome = create(&octopus).args(["--trial"]).run().expect_code(code);
    for sentence in sentences {
        outcome = outcome.expect_text(sentence);
    }
    let left: Vec<_> = octopus.keys(RUNBOOK_SVC);
    assert_eq!(left.len(), 1, "only the standing key is left: {left:#?}");
    let events = octopus.events();
    assert!(
        events.iter().all(|event| event.category != "LoginFailed"),
        "no revoked key is presented: {events:#?}"
    );
    (octopus, outcome)
}

fn with(change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = Settings::default();
    change(&mut settings);
    settings
}

#[test]
fn a_server_without_expiry_is_no_place_for_create_and_use() {
    let (_, outcome) = tried(
        with(|server| server.knows_expiry = false),
        1,
        &[
            "ok The server is 'Octopus Deploy' (version 2020.5.0).",
            "NO The key never expires: Octopus Server knows expiry from version 2020.6 on.",
            NOT_CREATE,
            NOT_USE,
            "delete will work here",
        ],
    );
    assert_eq!(
        outcome.result_message().unwrap(),
        format!("The trial failed: {NOT_CREATE}")
    );
}

#[test]
fn an_old_server_lacks_all_that_is_new_and_says_so() {
    tried(
        Settings::old_server(),
        1,
        &[
            "NO The key never expires",
            "-  Its record says nothing of its access.",
            "NO Read-only is not honoured: a key that was to be read-only has the access level 'unknown' instead.",
            "NO The list is not narrowed by partialPurpose: delete reads all 3 keys of the account.",
            "ok It names the key by its quoted purpose, not by its id (ApiKeyId).",
            NOT_CREATE,
            "delete will work here: it finds and revokes the run's keys after reading the whole list of the account's keys,",
        ],
    );
}

#[test]
fn a_server_that_does_not_narrow_its_list_works_all_the_same() {
    let settings = with(|server| {
        server.filters_by_purpose = false;
        server.largest_page = Some(30);
    });
    let octopus = settings.start();
    octopus.add_keys(RUNBOOK_SVC, 100);
    create(&octopus)
        .args(["--trial"])
        .run()
        .expect_code(0)
        .expect_text("ok The list of keys shows it.")
        .expect_text("NO The list is not narrowed by partialPurpose: delete reads all 103 keys of the account.");
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 101);
}

#[test]
fn a_server_without_access_levels_makes_no_read_only_keys() {
    for settings in [
        with(|server| server.knows_access_level = false),
        with(|server| server.honours_access_level = false),
    ] {
        let level = if settings.knows_access_level {
            "FullAccess"
        } else {
            "unknown"
        };
        tried(
            settings,
            0,
            &[
                &format!(
                    "NO Read-only is not honoured: a key that was to be read-only has the access level '{level}' instead."
                ),
                "create will work here: it makes keys that carry their run and expire, but no read-only ones (--access read-only).",
            ],
        );
    }
}

#[test]
fn a_server_whose_events_name_no_key_names_its_purpose() {
    tried(
        with(|server| server.names_keys_in_events = false),
        0,
        &["ok It names the key by its quoted purpose, not by its id (ApiKeyId)."],
    );
    tried(
        with(|server| server.key_words_of_identity = KeyWords::New),
        0,
        &["ok It names the key by its quoted purpose and by its id (ApiKeyId)."],
    );
}

#[test]
fn hints_may_be_bare_or_filled_up() {
    for (hints, line) in [
        (Hints::Bare, "ok Its hint is its first 8 characters."),
        (
            Hints::BULLETS,
            "ok Its hint is its first 8 characters, and 8 signs for the others.",
        ),
        (
            Hints::Masked('*', 3),
            "ok Its hint is its first 8 characters, and 3 signs for the others.",
        ),
        (
            Hints::Masked('x', 3),
            "NO Its hint does not tell it from other keys.",
        ),
    ] {
        tried(with(|server| server.hints = hints), 0, &[line]);
    }
}

#[test]
fn a_server_that_shows_a_key_nothing_of_itself_leaves_use_less_to_check() {
    tried(
        with(|server| server.shows_a_key_its_record = false),
        0,
        &[
            "NO It may not read its own record: the server refused it (403).",
            "use will work here: the key is accepted, but only whose key it is can be checked.",
        ],
    );
}

#[test]
fn missing_permissions_are_named_with_what_does_not_work_without_them() {
    tried(
        with(|server| server.service_account_views_events = false),
        0,
        &[
            "NO The audit trail cannot be read: the server refused it (403). The server said: '",
            "Missing permission: EventView",
            "cannot write the audit report (permission EventView), and can ask which runs are over",
        ],
    );
    tried(
        with(|server| server.service_account_views_tasks = false),
        0,
        &[
            "NO Tasks cannot be read: the server refused it (403). The server said: '",
            "Missing permission: TaskView",
            "can write the audit report (permission EventView), and cannot ask which runs are over (permission TaskView).",
        ],
    );
}

#[test]
fn another_service_account_needs_the_permission_to_edit_users() {
    let settings = with(|server| server.service_account_edits_users = false);
    let octopus = settings.start();
    create(&octopus)
        .args(["--trial", "--owner", "runbook-alice"])
        .run()
        .expect_code(1)
        .expect_text("ok The keys will be on 'runbook-alice' (Users-22), another service account.")
        .expect_text("NO No key that lives 10m could be made: the server refused it (403).")
        .expect_text("create will not work here: no key could be made.");
    assert!(octopus.keys(octopus_sim::RUNBOOK_ALICE).is_empty());
}

#[test]
fn a_server_that_keeps_its_version_to_itself_is_no_obstacle() {
    tried(
        with(|server| server.tells_version = false),
        0,
        &["-  The server is 'Octopus Deploy' and does not tell its version."],
    );
}

#[test]
fn a_clock_that_is_off_is_told_and_does_no_harm() {
    for (hours, line) in [
        (
            26,
            "-  The server's clock is 1d 2h ahead of this machine's: lives of keys count from the server's.",
        ),
        (-26, "-  The server's clock is 1d 2h behind this machine's"),
    ] {
        tried(
            with(|server| server.clock_offset = SignedDuration::from_hours(hours)),
            0,
            &[line, "ok The server kept its expiry."],
        );
    }
}

#[test]
fn a_life_that_the_server_does_not_grant_is_found_out() {
    let octopus = with(|server| server.longest_life_days = 1).start();
    create(&octopus)
        .args(["--trial", "--expires-in", "2d"])
        .run()
        .expect_code(1)
        .expect_text(
            "NO No key that lives 2d could be made: the server answered 400. The server said: '",
        )
        .expect_text("create will not work here: no key could be made.");
    create(&octopus).args(["--trial"]).run().expect_code(0);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}

#[test]
fn a_rate_limit_makes_a_trial_wait_and_nothing_worse() {
    let (octopus, outcome) = tried(
        with(|server| {
            server.rate_limit = Some(RateLimit {
                requests: 20,
                per: Duration::from_secs(2),
                burst: 4,
                retry_after: false,
            });
        }),
        0,
        &["Waiting: the server's rate limit is used up (429)."],
    );
    assert_eq!(outcome.at_level("stdout-wait").len(), 1);
    let refused = octopus.requests();
    let refused = refused.iter().filter(|request| request.status == Some(429));
    assert!(refused.count() > 0);
}

#[test]
fn a_virtual_directory_is_followed() {
    tried(
        with(|server| server.virtual_directory = "/octopus".to_owned()),
        0,
        &["delete will work here"],
    );
}
