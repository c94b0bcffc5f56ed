//! The report as a browser shows it. Without Chromium on the `PATH` these tests say so and pass.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod browser;
#[path = "../common/mod.rs"]
mod common;

use browser::{Page, Scheme};
use common::report::{report, work};
use common::{PURPOSE, add_live_key};
use octopus_sim::{Event, Octopus, RUNBOOK_SVC};

/// Texts that strangers may put into names and messages.
const HOSTILE: [&str; 6] = [
    "<script>document.title = 'mine'</script>",
    "</bdi></td></table><h1>Nothing happened",
    "\" onmouseover=\"document.title=1\" x='",
    "<img src=x onerror=document.title=1>&lt;b&gt;",
    "\u{202E}exe.txt\u{2066} שרה כהן \u{200F}",
    "##octopus[setVariable name='QQ==' value='QQ==']",
];

/// The report of a run that did something to each of these names.
fn page_about(names: &[&str]) -> String {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    for name in names {
        work(&octopus, &key.secret, name);
    }
    let (run, page) = report(&octopus, "report.html", |run| {
        run.env("RUNKEY_PROOF_KEY", &key.secret)
            .args(["--space", "Spaces-1"])
    });
    run.expect_code(0);
    page
}

#[test]
fn the_table_has_a_row_for_every_change() {
    let Some(page) = Page::open(&page_about(&["Blue", "Green"]), Scheme::Light) else {
        return;
    };
    assert_eq!(
        page.probe["headers"],
        serde_json::json!([
            "Time (UTC)",
            "Space",
            "What",
            "Message",
            "Documents",
            "Sent by"
        ])
    );
    let rows = page.probe["rows"].as_array().unwrap();
    let messages: Vec<_> = rows.iter().map(|row| row[3].as_str().unwrap()).collect();
    assert_eq!(
        messages,
        [
            "Environment Blue was created",
            "Environment Green was created"
        ]
    );
    assert_eq!(rows[0][1], "Spaces-1");
    assert_eq!(page.probe["headings"], 4);
}

#[test]
fn strangers_text_is_only_text() {
    let Some(page) = Page::open(&page_about(&HOSTILE), Scheme::Light) else {
        return;
    };
    let rows = page.probe["rows"].as_array().unwrap();
    assert_eq!(rows.len(), HOSTILE.len());
    for (row, name) in rows.iter().zip(HOSTILE).take(4) {
        assert_eq!(row[3], format!("Environment {name} was created"));
    }
    assert_eq!(
        rows[4][3],
        "Environment exe.txt שרה כהן \u{200F} was created"
    );
    assert_eq!(page.probe["strangers"], 0, "no element but the page's own");
    assert!(
        page.probe["title"]
            .as_str()
            .unwrap()
            .starts_with("Audit report: Alice King")
    );
}

#[test]
fn a_person_with_a_hostile_name_is_shown_by_it() {
    let octopus = Octopus::start();
    let purpose = format!("{} [runkey ServerTasks-123]", HOSTILE.concat());
    let key = add_live_key(&octopus, &purpose);
    work(&octopus, &key.secret, "Blue");
    let (run, page) = report(&octopus, "report.html", |run| {
        run.env("RUNKEY_PURPOSE", &purpose)
    });
    assert_eq!(run.messages().len(), 1, "the artifact's alone: {run:#?}");
    assert!(!page.contains("##octopus["));
    if let Some(page) = Page::open(&page, Scheme::Light) {
        assert_eq!(page.probe["strangers"], 0);
        assert_eq!(page.probe["rows"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn an_event_with_nothing_in_it_is_a_row_too() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    octopus.add_event(Event {
        user_id: RUNBOOK_SVC.into(),
        api_key_id: Some(key.id),
        ..Event::default()
    });
    let (_, page) = report(&octopus, "report.html", |run| run);
    if let Some(page) = Page::open(&page, Scheme::Light) {
        assert_eq!(page.probe["rows"][0][1], "none");
    }
}

#[test]
fn every_text_stands_out_from_its_background_by_day_and_by_night() {
    let html = page_about(&["Blue"]);
    let mut colours = Vec::new();
    for scheme in [Scheme::Light, Scheme::Dark] {
        let Some(page) = Page::open(&html, scheme) else {
            return;
        };
        for text in page.probe["texts"].as_array().unwrap() {
            // The least that WCAG 2 asks for at level AA.
            assert!(
                text["contrast"].as_f64().unwrap() >= 4.5,
                "{scheme:?}: {text}"
            );
        }
        colours.push(page.probe["background"].clone());
    }
    assert_ne!(colours[0], colours[1], "the night is not the day");
}

#[test]
fn it_fits_a_phone_and_asks_for_nothing() {
    let long = "a-name-without-a-blank-".repeat(12);
    let html = page_about(&["Blue", &long]);
    for part in ["<script", "<img", "<iframe", "src=", "@import", "url("] {
        assert!(!html.contains(part), "{part}");
    }
    let Some(page) = Page::open(&html, Scheme::Light) else {
        return;
    };
    assert_eq!(page.console, [""; 0]);
    let width = |name: &str| page.probe[name].as_f64().unwrap_or_default();
    assert!(width("content_width") <= width("window_width"));
}
