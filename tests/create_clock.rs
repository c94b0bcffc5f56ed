//! `runkey create` when the clocks of the worker and the server differ.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::create;
use octopus_sim::{RUNBOOK_SVC, Settings};

#[test]
fn the_expiry_counts_from_the_servers_clock() {
    let ahead = jiff::SignedDuration::from_hours(26);
    let octopus = Settings {
        clock_offset: ahead,
        ..Settings::default()
    }
    .start();
    let run = create(&octopus)
        .args(["--expires-in", "30m"])
        .run()
        .expect_code(0);
    let key = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    let lives = key.expires.unwrap().duration_since(key.created);
    assert!((lives.as_secs() - 1800).abs() <= 5, "{lives:?}");
    run.expect_text("the server's clock, which differs");
}

#[test]
fn the_expiry_counts_from_the_servers_clock_even_when_it_is_first_heard_of_with_the_key() {
    for hours in [26, -26] {
        let octopus = Settings {
            clock_offset: jiff::SignedDuration::from_hours(hours),
            ..Settings::default()
        }
        .start();
        create(&octopus)
            .args(["--expires-in", "30m", "--owner", RUNBOOK_SVC])
            .run()
            .expect_code(0);
        let [_, key] = &octopus.keys(RUNBOOK_SVC)[..] else {
            panic!("the standing key and one of the run")
        };
        let lives = key.expires.unwrap().duration_since(key.created);
        assert!((lives.as_secs() - 1800).abs() <= 5, "{lives:?}");
    }
}
