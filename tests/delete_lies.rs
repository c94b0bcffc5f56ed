//! `runkey delete` believes no answer that only looks like the truth: a list that says it is shorter
//! than it is or has no end, a deletion that was only promised, a hint that says little, a clock
//! that is not Octopus's.

mod common;

use std::time::{Duration, Instant};

use common::{PURPOSE, Runkey, add_live_key, delete, requests, runkey};
use jiff::SignedDuration;
use octopus_sim::{Fault, Hints, Lie, MadeUp, Octopus, RUNBOOK_SVC, Settings, Total};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// `runkey delete --expired` for all runs.
fn delete_expired(octopus: &Octopus) -> Runkey<'_> {
    runkey(octopus, "delete")
        .without("RUNKEY_RUN_BY")
        .without("RUNKEY_RUN_ID")
        .args(["--expired"])
}

/// How many keys of this purpose live.
fn count(octopus: &Octopus, purpose: &str) -> usize {
    let keys = octopus.keys(RUNBOOK_SVC);
    keys.iter().filter(|key| key.purpose == purpose).count()
}

#[test]
fn no_total_that_is_wrong_hides_a_key() {
    for largest_page in [None, Some(30), Some(31), Some(100)] {
        for total in [
            Total::Zero,
            Total::ThisPage,
            Total::Half,
            Total::TooMany,
            Total::Absent,
        ] {
            for others in [0, 1, 29, 30, 31, 100] {
                let octopus = Settings {
                    filters_by_purpose: false,
                    largest_page,
                    ..Settings::default()
                }
                .start();
                add_live_key(&octopus, PURPOSE);
                octopus.add_keys(RUNBOOK_SVC, others);
                let lie = octopus.fault(Lie::total(total));
                lie.on("GET", "/apikeys").forever();
                delete(&octopus).run().expect_code(0);
                let case = format!("{total:?}, {others} others, pages of {largest_page:?}");
                assert_eq!(count(&octopus, PURPOSE), 0, "{case}");
            }
        }
    }
}

#[test]
fn a_list_without_an_end_is_given_up_within_the_time_for_trying() {
    for made_up in [MadeUp::NewIds, MadeUp::ChangingIds] {
        let octopus = Octopus::start();
        let key = add_live_key(&octopus, PURPOSE);
        let lie = octopus.fault(Lie::endless_list(made_up));
        lie.on("GET", "/apikeys").forever();
        let start = Instant::now();
        delete(&octopus)
            .args(["--retry-for", "1s"])
            .run()
            .expect_code(1)
            .expect_text("the server's list has no end")
            .expect_text(&format!("Revoked {}:", key.id));
        assert!(start.elapsed() < Duration::from_secs(20), "{made_up:?}");
    }
}

#[test]
fn a_list_that_gives_the_same_page_for_ever_is_left_after_a_few() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    let lie = octopus.fault(Lie::endless_list(MadeUp::RepeatingIds));
    lie.on("GET", "/apikeys").forever();
    delete(&octopus)
        .run()
        .expect_code(1)
        .expect_text("the server's list has no end");
    assert_eq!(count(&octopus, PURPOSE), 0);
    assert!(requests(&octopus).len() < 12, "{:#?}", requests(&octopus));
}

#[test]
fn a_deletion_that_is_only_promised_is_none() {
    for lie in [Lie::success_with_error(), Lie::accepted()] {
        let octopus = Octopus::start();
        let key = add_live_key(&octopus, PURPOSE);
        let plan = octopus.fault(lie.clone());
        plan.on("DELETE", "/apikeys").forever();
        delete(&octopus)
            .args(["--retry-for", "1s"])
            .run()
            .expect_code(1)
            .expect_text(&format!("The key {} could not be revoked", key.id));
        assert_eq!(count(&octopus, PURPOSE), 1, "{lie}");
    }
}

#[test]
fn a_promise_that_is_kept_at_the_next_attempt_is_a_deletion() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Lie::accepted())
        .on("DELETE", "/apikeys")
        .times(2);
    delete(&octopus).run().expect_code(0);
    assert_eq!(count(&octopus, PURPOSE), 0);
}

#[test]
fn a_first_attempt_that_is_not_accepted_deleted_nothing() {
    for own in [false, true] {
        let octopus = Octopus::start();
        let key = add_live_key(&octopus, PURPOSE);
        octopus
            .fault(Fault::Status(401))
            .on("DELETE", "/apikeys")
            .forever();
        let run = if own {
            delete(&octopus).env("OCTOPUS_API_KEY", &key.secret)
        } else {
            delete(&octopus)
        };
        run.run().expect_code(1).expect_text(&format!(
            "The key {} could not be revoked, and it expires by itself",
            key.id
        ));
        assert_eq!(count(&octopus, PURPOSE), 1);
    }
}

#[test]
fn after_a_lost_answer_a_refusal_is_a_deletion_only_for_the_key_that_authenticates() {
    for own in [false, true] {
        let octopus = Octopus::start();
        let key = add_live_key(&octopus, PURPOSE);
        octopus.fault(Fault::Timeout).on("DELETE", "/apikeys");
        octopus
            .fault(Fault::Status(401))
            .on("DELETE", "/apikeys")
            .forever();
        let run = delete(&octopus).args(["--timeout", "1s"]);
        let run = if own {
            run.env("OCTOPUS_API_KEY", &key.secret)
        } else {
            run
        };
        run.run().expect_code(i32::from(!own));
    }
}

#[test]
fn a_rate_limit_loses_no_answer() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Fault::TooManyRequests { retry_after: None })
        .on("DELETE", "/apikeys");
    octopus
        .fault(Fault::Status(401))
        .on("DELETE", "/apikeys")
        .forever();
    delete(&octopus)
        .env("OCTOPUS_API_KEY", &key.secret)
        .run()
        .expect_code(1);
}

#[test]
fn a_not_found_that_is_a_proxys_is_no_deletion() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    let page = Lie::instead("a proxy's 404", |_, answer| {
        answer.status = 404;
        answer.body = b"<html>Not Found</html>".to_vec();
    });
    octopus.fault(page).on("DELETE", "/apikeys").forever();
    delete(&octopus).run().expect_code(1);
    assert_eq!(count(&octopus, PURPOSE), 1);
}

#[test]
fn the_key_that_authenticates_is_known_by_a_hint_of_any_kind() {
    for hints in [
        Hints::Bare,
        Hints::BULLETS,
        Hints::Masked('\u{2022}', 1),
        Hints::Masked('*', 24),
        Hints::Masked('.', 3),
        Hints::Masked('…', 1),
    ] {
        let octopus = Settings {
            hints,
            ..Settings::default()
        }
        .start();
        let own = octopus.keys(RUNBOOK_SVC).remove(0);
        delete(&octopus)
            .args(["--purpose", &own.purpose])
            .run()
            .expect_code(1)
            .expect_text(&format!("The key {} is spared", own.id));
        assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1, "{hints:?}");
    }
}

#[test]
fn five_characters_of_a_hint_are_enough_to_spare_a_key_and_four_are_not() {
    for (length, lives) in [(5, true), (4, false)] {
        let octopus = Octopus::start();
        let own = octopus.keys(RUNBOOK_SVC).remove(0);
        octopus.rewrite("GET", "/apikeys", move |page| {
            for key in page["Items"].as_array_mut().into_iter().flatten() {
                let hint = key["ApiKey"]["Hint"].as_str().unwrap_or_default();
                key["ApiKey"]["Hint"] = format!("{}••••", &hint[..length]).into();
            }
        });
        delete(&octopus)
            .args(["--purpose", &own.purpose])
            .run()
            .expect_code(i32::from(lives));
        assert_eq!(octopus.keys(RUNBOOK_SVC).len(), usize::from(lives));
    }
}

#[test]
fn a_key_of_this_purpose_that_was_spared_fails_the_step_and_the_others_go() {
    let octopus = Octopus::start();
    let own = octopus.keys(RUNBOOK_SVC).remove(0);
    let twin = add_live_key(&octopus, &own.purpose);
    delete(&octopus)
        .args(["--purpose", &own.purpose])
        .run()
        .expect_code(1)
        .expect_text(&format!("Revoked {}:", twin.id))
        .expect_text(&format!("The key {} lives on", own.id));
    assert_eq!(count(&octopus, &own.purpose), 1);
}

#[test]
fn a_key_is_over_only_by_the_servers_clock_and_by_this_machines() {
    for ahead in [-3, 0, 3] {
        let octopus = Settings {
            clock_offset: HOUR * ahead,
            ..Settings::default()
        }
        .start();
        let here = jiff::Timestamp::now();
        let by_server = octopus.now();
        let mut lives = Vec::new();
        for expires in [here - HOUR, here + HOUR, by_server - HOUR, by_server + HOUR] {
            let key = octopus.add_key(RUNBOOK_SVC, PURPOSE, Some(expires));
            if expires > here || expires > by_server {
                lives.push(key.id);
            }
        }
        delete_expired(&octopus).run().expect_code(0);
        let left: Vec<_> = octopus.keys(RUNBOOK_SVC)[1..]
            .iter()
            .map(|key| key.id.clone())
            .collect();
        assert_eq!(left, lives, "{ahead} h ahead");
    }
}

#[test]
fn no_clock_but_that_of_a_successful_answer_of_octopus_ends_a_key() {
    // Octopus is three hours behind this machine and says so in no answer that succeeds; a proxy's
    // page and an error of its own have a date that is this machine's.
    let error = Lie::instead("an error with a date", move |_, answer| {
        answer.status = 503;
        answer.body = br#"{"ErrorMessage": "Starting."}"#.to_vec();
        answer.date = Some("Tue, 01 Jan 2036 00:00:00 GMT".to_owned());
    });
    for lie in [Lie::proxy_page(HOUR * 3), error] {
        let octopus = Settings {
            clock_offset: HOUR * -3,
            ..Settings::default()
        }
        .start();
        let live = add_live_key(&octopus, PURPOSE);
        octopus.fault(lie.clone()).on("GET", "/users/me");
        octopus.fault(Lie::no_date()).on("GET", "/api").forever();
        delete_expired(&octopus)
            .run()
            .expect_code(1)
            .expect_text("no answer of the server says what time it is there");
        assert_eq!(octopus.keys(RUNBOOK_SVC)[1].id, live.id, "{lie}");
    }
}

#[test]
fn a_server_that_dates_itself_into_the_future_ends_no_key_before_this_machine_does() {
    let octopus = Octopus::start();
    let live = add_live_key(&octopus, PURPOSE);
    octopus
        .fault(Lie::date_off_by(HOUR * 24))
        .on("GET", "/api")
        .forever();
    delete_expired(&octopus).run().expect_code(0);
    assert_eq!(octopus.keys(RUNBOOK_SVC)[1].id, live.id);
}

#[test]
fn a_switch_that_decides_what_is_revoked_must_be_true_or_false() {
    for variable in [
        "RUNKEY_DRY_RUN",
        "RUNKEY_REQUIRE",
        "RUNKEY_EXPIRED",
        "RUNKEY_ENDED",
    ] {
        for value in ["#{Project.DryRun}", "$false", "none", "tru", "0 0"] {
            let octopus = Octopus::start();
            delete(&octopus)
                .env(variable, value)
                .run()
                .expect_code(2)
                .expect_text(&format!("{variable} is '"))
                .expect_text("which is neither true nor false");
            assert_eq!(octopus.connections(), 0, "{variable}={value}");
        }
    }
}

#[test]
fn a_switch_of_the_log_that_cannot_be_read_keeps_no_key_from_being_revoked() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    let run = delete(&octopus)
        .env("RUNKEY_VERBOSE", "maybe")
        .run()
        .expect_code(0);
    assert_eq!(
        run.at_level("stdout-warning"),
        ["RUNKEY_VERBOSE is 'maybe', which is neither true nor false. It is left aside."]
    );
    assert_eq!(count(&octopus, PURPOSE), 0);
}
