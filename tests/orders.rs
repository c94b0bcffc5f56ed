//! Nothing that a stranger writes gives an order to Octopus's worker, or swallows one of ours:
//! whichever of its parsers reads the log, and in whatever culture. `common` checks after every run
//! that all of them read the same; here is what strangers try.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::report::{report, work};
use common::{Outcome, PURPOSE, Runkey, add_live_key, create, delete, runkey, use_key};
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC};
use serde_json::Value;

/// What follows `##octopus` in an order: each would do harm.
const ORDERS: [&str; 5] = [
    "setVariable name='QXBpS2V5SWQ=' value='YXBpa2V5cy0x'",
    "createArtifact path='L2V0Yy9wYXNzd2Q=' name='eA=='",
    "mask value='YQ=='",
    "resultMessage message='QWxsIGlzIHdlbGw='",
    "stdout-error",
];

/// Names that try to give an order, or to swallow the next one.
fn attempts() -> Vec<String> {
    let mut attempts = Vec::new();
    for order in ORDERS {
        for opening in [
            "##octopus[",
            "##octopus ",
            "##octopus[[",
            "＃＃octopus[",
            "#＃octopus ",
            "###octopus[",
        ] {
            attempts.push(format!("Eve {opening}{order}]"));
        }
        // Characters that count as nothing while a message may be beginning.
        for nothing in [
            '\u{AD}', '\u{200B}', '\u{0640}', '\u{2060}', '\u{FEFF}', '\u{FE0F}',
        ] {
            attempts.push(format!("Eve #{nothing}#{nothing}octopus[{order}]"));
            attempts.push(format!("Eve ##octo{nothing}pus[{order}]"));
        }
        // Characters that are filtered out before a text is shown.
        for filtered in ['\u{202E}', '\u{2066}'] {
            attempts.push(format!("Eve #{filtered}#octopus[{order}]"));
            attempts.push(format!("Eve ##octo{filtered}pus[{order}]"));
        }
    }
    for end in [
        "#",
        "##",
        "##octo",
        "##octopus",
        "#\u{AD}",
        "#\u{200B}\u{200B}",
        "＃",
        "##octopus[",
    ] {
        attempts.push(format!("Eve {end}"));
    }
    attempts
}

/// The names of our own messages on standard output, levels left out.
fn names(run: &Outcome) -> Vec<String> {
    let messages = run.messages().into_iter();
    messages.map(|message| message.name).collect()
}

#[test]
fn a_persons_name_gives_no_order_and_swallows_none() {
    let octopus = Octopus::start();
    for name in attempts() {
        let run = create(&octopus)
            .env("RUNKEY_RUN_BY", &name)
            .run()
            .expect_code(0);
        assert_eq!(
            names(&run),
            [
                "mask",
                "setVariable",
                "setVariable",
                "setVariable",
                "setVariable",
                "setVariable"
            ],
            "{name:?}: {run:#?}"
        );
        let purpose = format!("{} [runkey ServerTasks-123]", name.trim());
        assert_eq!(
            run.variable("ApiKeyPurpose"),
            Some(purpose),
            "as it was given"
        );
        let gone = delete(&octopus)
            .env("RUNKEY_RUN_BY", &name)
            .run()
            .expect_code(0);
        assert_eq!(names(&gone), [""; 0], "{name:?}");
    }
    assert_eq!(
        octopus.keys(RUNBOOK_SVC).len(),
        1,
        "no key is left, no other is gone"
    );
}

/// Runs in which a stranger's text reaches the log by other ways than the person's name.
fn reached_otherwise<'a>(octopus: &'a Octopus, text: &str) -> Vec<Runkey<'a>> {
    let key = octopus.service_key();
    vec![
        create(octopus).env("RUNKEY_OWNER", text),
        create(octopus).env("RUNKEY_ACCESS", text),
        create(octopus).env("RUNKEY_CA_FILE", text),
        create(octopus).args(["--env-file", text]),
        create(octopus).args([text]),
        create(octopus).args([format!("--{text}")]),
        runkey(octopus, text),
        use_key(octopus, key).env("RUNKEY_OWNER", text),
        use_key(octopus, "").env("RUNKEY_CREATE_STEP", text),
        use_key(octopus, key).args(["--output", "octopus", "--no-check", "--", text]),
        delete(octopus).env("RUNKEY_PURPOSE", text),
        delete(octopus).env("RUNKEY_DRY_RUN", text),
        delete(octopus).env("RUNKEY_VERBOSE", text),
        delete(octopus).env("RUNKEY_REPORT", text),
        create(octopus).without("OCTOPUS_API_KEY").file(
            ".env",
            &format!("OCTOPUS_API_KEY={key}\nRUNKEY_ACCESS='{text}'\n"),
        ),
    ]
}

#[test]
fn no_option_variable_or_file_gives_an_order() {
    let octopus = Octopus::start();
    let attempts = attempts();
    // Each way in is tried with some of the attempts, all of them in turn.
    for (number, text) in attempts.iter().enumerate() {
        let ways = reached_otherwise(&octopus, text);
        let chosen = number % ways.len();
        for (way, run) in ways.into_iter().enumerate() {
            if way == chosen || number % 7 == 0 {
                let names = names(&run.run());
                let ours = ["mask", "setVariable", "resultMessage"];
                assert!(
                    names.iter().all(|name| ours.contains(&name.as_str())),
                    "{text:?} by way {way}: {names:?}"
                );
            }
        }
    }
}

#[test]
fn no_answer_of_a_server_gives_an_order() {
    for text in attempts() {
        let octopus = Octopus::start();
        let key = add_live_key(&octopus, PURPOSE).secret;
        for run in [create(&octopus), use_key(&octopus, &key), delete(&octopus)] {
            octopus.fault(Fault::HostileError {
                status: 400,
                text: text.clone(),
            });
            let run = run.args(["-v"]).run();
            assert_eq!(names(&run), ["resultMessage"], "{text:?}");
        }
        octopus.fault(Fault::Redirect {
            to: format!("http://127.0.0.1:9/{text}")
                .replace(['\u{AD}', ' '], "")
                .chars()
                .filter(char::is_ascii)
                .collect(),
        });
        assert_eq!(
            names(&create(&octopus).run()),
            ["resultMessage"],
            "{text:?}"
        );
    }
}

#[test]
fn what_others_did_gives_no_order_through_the_report() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE);
    for name in attempts() {
        work(&octopus, &key.secret, &name);
    }
    let (run, text) = report(&octopus, "report.json", |run| run);
    assert_eq!(names(&run.expect_code(0)), ["createArtifact"]);
    assert!(
        !text.contains(['#', '＃']),
        "none can be taken for an order by who prints the file"
    );
    let report: Value = serde_json::from_str(&text).unwrap();
    let messages = report["Changes"].as_array().unwrap().iter();
    let told: Vec<&str> = messages
        .map(|change| change["Message"].as_str().unwrap())
        .collect();
    for name in attempts() {
        assert!(
            told.iter().any(|message| message.contains(&name)),
            "{name:?} is whole in the file"
        );
    }
}

#[test]
fn in_json_no_text_gives_an_order_and_each_is_whole() {
    let octopus = Octopus::start();
    for name in attempts() {
        let run = create(&octopus)
            .env("RUNKEY_RUN_BY", &name)
            .args(["--output", "json"])
            .run()
            .expect_code(0);
        assert!(!run.stdout.contains(['#', '＃']), "{run:#?}");
        let object: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(
            object["ApiKeyPurpose"],
            format!("{} [runkey ServerTasks-123]", name.trim())
        );
    }
}
