//! The report as a browser shows it. Without Chromium on the `PATH` these tests say so and pass.
//!
//! `RUNKEY_PICTURES=docs cargo test -p runkey --test report_page` also writes the pictures of the
//! documentation into that folder.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod browser;
#[path = "../common/mod.rs"]
mod common;
mod trails;

use browser::{Browser, View, pages};
use common::report::report;
use common::{PURPOSE, add_live_key};
use octopus_sim::{Event, Fault, Octopus, RUNBOOK_SVC};
use serde_json::{Value, json};
use trails::{HOSTILE, Trail};

const PROBE: &str = include_str!("probe.js");
/// What a desk and a phone show at once.
const DESK: View = View {
    width: 1280,
    height: 800,
    dark: false,
};
const PHONE: View = View {
    width: 390,
    height: 844,
    dark: false,
};
/// The pictures of the documentation.
const PICTURES: [(&str, Trail, View); 2] = [
    ("report.png", Trail::Many, DESK),
    (
        "report-phone.png",
        Trail::Three,
        View {
            dark: true,
            ..PHONE
        },
    ),
];

#[track_caller]
fn number(probe: &Value, name: &str) -> f64 {
    probe[name]
        .as_f64()
        .unwrap_or_else(|| panic!("{name} in {probe:#}"))
}

/// What must be so of every page, whoever wrote what is in it.
#[track_caller]
fn assert_readable(probe: &Value, view: View, what: &str) {
    assert!(
        number(probe, "content_width") <= f64::from(view.width),
        "{what}: as wide as the window, not {}",
        probe["content_width"]
    );
    assert_eq!(probe["texts_over_texts"], json!([]), "{what}");
    // The least that WCAG 2 asks for at level AA.
    let least = &probe["least_contrast"];
    assert!(number(least, "contrast") >= 4.5, "{what}: {least}");
    assert_eq!(
        probe["strangers"], 0,
        "{what}: no element but the page's own"
    );
}

#[test]
fn every_report_can_be_read_at_a_desk_and_on_a_phone_by_day_and_by_night() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    for trail in Trail::ALL {
        let html = trail.page();
        for (size, dark) in [(DESK, false), (DESK, true), (PHONE, false), (PHONE, true)] {
            let view = View { dark, ..size };
            let what = format!("{trail:?} at {} px, dark {dark}", view.width);
            assert_eq!(browser.open(&html, view), [""; 0], "{what}");
            let probe = browser.evaluate(PROBE);
            assert_readable(&probe, view, &what);
            for part in ["badge_ends", "sum_ends"] {
                assert!(
                    number(&probe, part) <= 600.0,
                    "{what}: {part} {}",
                    probe[part]
                );
            }
            let screens = number(&probe, "content_height") / f64::from(view.height);
            assert!(screens <= 8.0, "{what}: {screens} screens before unfolding");
            take_picture(&mut browser, trail, view);
            browser.evaluate(
                "document.querySelectorAll('details').forEach((fold) => fold.open = true)",
            );
            assert_readable(&browser.evaluate(PROBE), view, &format!("{what}, unfolded"));
        }
    }
}

fn take_picture(browser: &mut Browser, trail: Trail, view: View) {
    let Ok(folder) = std::env::var("RUNKEY_PICTURES") else {
        return;
    };
    // Cargo runs tests in the package's folder, wherever it was called.
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    for (name, of, from) in PICTURES {
        if (of, from) == (trail, view) {
            browser.picture(&folder.join(name));
        }
    }
}

#[test]
fn five_hundred_changes_are_ten_pages_in_print_and_every_one_is_on_them() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    for trail in Trail::ALL {
        let html = trail.page();
        browser.open(&html, View { dark: true, ..DESK });
        let count = pages(&browser.print());
        let most = if html.contains("class=\"many\"") {
            10
        } else {
            1
        };
        assert!((1..=most).contains(&count), "{trail:?}: {count} pages");
        browser.emulate_print();
        let probe = browser.evaluate(PROBE);
        assert_eq!(
            probe["shown_rows"],
            probe["rows"].as_array().unwrap().len(),
            "{trail:?}: what is folded on a screen is not on paper"
        );
        assert!(
            number(&probe["least_contrast"], "contrast") >= 4.5,
            "{trail:?}"
        );
    }
}

#[test]
fn the_first_screen_tells_whether_the_key_is_dead_and_what_was_done() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    browser.open(&Trail::Three.page(), DESK);
    let probe = browser.evaluate(PROBE);
    assert_eq!(
        probe["badge"],
        "✓ Revoked: the server no longer knows the key"
    );
    assert_eq!(
        probe["sum"],
        "+ 1 created, ~ 1 changed, − 1 deleted, in 1 project and 1 space, in 47 s"
    );
    assert_eq!(
        probe["headings"],
        json!([
            "H1 Alice King (alice)",
            "H2 What was changed",
            "H3 Spaces-1"
        ])
    );
    assert_eq!(probe["headers"], json!(["What, Message, Document, Time"]));
    assert_eq!(probe["unnamed_tables"], 0);
    let rows = probe["rows"].as_array().unwrap();
    let told: Vec<_> = rows.iter().map(|row| (&row[0], &row[1], &row[2])).collect();
    let (green, shop, blue) = (
        "Environment Green was deleted",
        "Project Web Shop was changed",
        "Environment Blue was created",
    );
    assert_eq!(
        told,
        [
            (
                &json!("− deleted"),
                &json!(green),
                &json!("Environments-20")
            ),
            (&json!("~ changed"), &json!(shop), &json!("Projects-3")),
            (&json!("+ created"), &json!(blue), &json!("Environments-21")),
        ]
    );
}

#[test]
fn repeats_are_one_row_and_a_document_is_named_once() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    browser.open(&Trail::Many.page(), DESK);
    let probe = browser.evaluate(PROBE);
    let rows = probe["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 312 + 25 + 70);
    let shop = rows.iter().find(|row| row[2] == "variableset-Projects-12");
    let message = shop.unwrap()[1].as_str().unwrap();
    assert!(message.ends_with("was changed × 5"), "{message}");
    assert_eq!(probe["shown_rows"], 30, "the rest is folded");
}

#[test]
fn strangers_text_is_only_text() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let html = Trail::Hostile.page();
    for part in [
        "<script",
        "<img",
        "<iframe",
        "src=\"",
        "@import",
        "url(",
        "animation",
        "transition",
    ] {
        assert!(!html.contains(part), "{part}");
    }
    browser.open(&html, DESK);
    let probe = browser.evaluate(PROBE);
    let rows = probe["rows"].as_array().unwrap();
    let says = |text: &str| rows.iter().any(|row| row[1] == text);
    assert!(says(HOSTILE[0]) && says(HOSTILE[3]) && says(HOSTILE[7]));
    assert!(
        says("Zalgo\u{0301}\u{0316}\u{0489}"),
        "three marks and no bar"
    );
    assert!(
        probe["title"]
            .as_str()
            .unwrap()
            .starts_with("Audit report: <script>")
    );
}

#[test]
fn an_event_with_nothing_in_it_is_a_row_too() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus.add_event(Event {
        user_id: RUNBOOK_SVC.into(),
        api_key_id: Some(key.id),
        ..Event::default()
    });
    let (_, page) = report(&octopus, "report.html", |run| run);
    browser.open(&page, DESK);
    let probe = browser.evaluate(PROBE);
    assert_eq!(probe["sum"], "• 1 other");
    assert_eq!(probe["headings"][2], "H3 Outside any space");
}

#[test]
fn more_changes_than_a_page_can_list_are_summed_up() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    for number in 0..5001 {
        octopus.add_event(Event {
            user_id: RUNBOOK_SVC.into(),
            api_key_id: Some(key.id.clone()),
            category: ["Created", "Deleted"][number % 2].into(),
            related_document_ids: vec![
                [format!("Tenants-{number}"), "x".repeat(300)][number % 2].clone(),
            ],
            space_id: Some("Spaces-1".into()),
            ..Event::default()
        });
    }
    let (_, page) = report(&octopus, "report.html", |run| run);
    browser.open(&page, PHONE);
    let probe = browser.evaluate(PROBE);
    assert_readable(&probe, PHONE, "5,001 changes");
    assert_eq!(
        probe["rows"],
        json!([
            ["Spaces-1", "x".repeat(40) + "…", "0", "0", "2500", "0"],
            ["Spaces-1", "Tenants", "2501", "0", "0", "0"]
        ])
    );
}

#[test]
fn a_key_that_lives_on_is_the_first_thing_to_see() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    octopus.fault(Fault::Status(403)).on("DELETE", "/apikeys");
    let (run, page) = report(&octopus, "report.html", |run| run);
    run.expect_code(1);
    assert!(page.contains("role=\"alert\""));
    for view in [
        DESK,
        View {
            dark: true,
            ..PHONE
        },
    ] {
        browser.open(&page, view);
        let probe = browser.evaluate(PROBE);
        assert_readable(&probe, view, "a key that lives on");
        let badge = probe["badge"].as_str().unwrap();
        assert!(badge.starts_with("✗ Lives on until 2"), "{badge}");
    }
}
