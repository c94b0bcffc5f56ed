//! What is printed, for whom, and what never is.

mod common;

use common::{Runkey, create, delete, runkey, use_key};
use jiff::SignedDuration;
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC};

/// One run of each step that fails because the server refuses it.
fn failing(octopus: &Octopus) -> [Runkey<'_>; 3] {
    octopus
        .fault(Fault::Status(400))
        .on("GET", "/api")
        .forever();
    [
        create(octopus),
        use_key(octopus, octopus.service_key()),
        delete(octopus),
    ]
}

#[test]
fn the_first_sentence_of_a_failure_is_the_steps_result() {
    let octopus = Octopus::start();
    for (run, task) in failing(&octopus).into_iter().zip([
        "Cannot find out whose credential this is",
        "Cannot check the key",
        "Cannot find out whose credential this is",
    ]) {
        let run = run.run();
        let sentence = format!("{task}: the server answered 400.");
        assert_eq!(run.result_message(), Some(sentence.clone()));
        let lines: Vec<&str> = run.stderr.lines().filter(|line| !line.is_empty()).collect();
        let ["Error:", what, said, next] = lines[..] else {
            panic!("what happened, what the server said, what to do next: {run:#?}")
        };
        assert_eq!(what.trim(), format!("0: {sentence}"));
        assert_eq!(said, "Note: The server said: 'The server is in trouble.'");
        assert!(
            next.starts_with("Suggestion: Correct what the server objects to"),
            "{next}"
        );
    }
}

#[test]
fn only_octopus_is_sent_service_messages() {
    let octopus = Octopus::start();
    for format in ["json", "text"] {
        let format = ["--output", format];
        let made = create(&octopus).args(format).run().expect_code(0);
        let used = use_key(&octopus, octopus.service_key())
            .args(format)
            .run()
            .expect_code(0);
        let deleted = delete(&octopus).args(format).run().expect_code(0);
        let none_left = delete(&octopus).args(format).run().expect_code(0);
        let usage = delete(&octopus)
            .args(["--bogus"])
            .args(format)
            .run()
            .expect_code(2);
        for run in [made, used, deleted, none_left, usage] {
            assert!(!run.stdout.contains("##octopus"), "{run:#?}");
            assert!(!run.stderr.contains("##octopus"), "{run:#?}");
        }
    }
    for format in ["json", "text"] {
        for run in failing(&octopus) {
            let run = run.args(["--output", format]).run();
            assert_eq!(run.stdout, "");
            assert!(!run.stderr.contains("##octopus"), "{run:#?}");
        }
    }
}

#[test]
fn verbose_shows_each_request_and_neither_query_nor_body_nor_header() {
    let octopus = Octopus::start();
    octopus.fault(Fault::Status(503)).on("POST", "/apikeys");
    let made = create(&octopus)
        .args(["-v", "--owner", "runbook-svc"])
        .run()
        .expect_code(0);
    let deleted = delete(&octopus)
        .env("RUNKEY_VERBOSE", "true")
        .run()
        .expect_code(0);
    let id = made.variable("ApiKeyId").expect("a key was made");
    let shown: Vec<&str> = [&made, &deleted]
        .into_iter()
        .flat_map(|run| run.at_level("stdout-verbose"))
        .map(|line| {
            let (request, time) = line.rsplit_once(" (").expect("a time");
            assert!(
                time.trim_end_matches(" ms)").parse::<u32>().is_ok(),
                "{line}"
            );
            request
        })
        .collect();
    assert_eq!(
        shown,
        [
            "GET /api/users: 200",
            "POST /api/users/Users-21/apikeys: 503",
            "POST /api/users/Users-21/apikeys: 200",
            "GET /api/users/me: 200",
            "GET /api/users/Users-21/apikeys: 200",
            &format!("DELETE /api/users/Users-21/apikeys/{id}: 200"),
        ]
    );
    let quiet = create(&octopus).run().expect_code(0);
    assert!(quiet.at_level("stdout-verbose").is_empty(), "{quiet:#?}");
}

#[test]
fn a_wish_for_backtraces_changes_nothing() {
    let octopus = Octopus::start();
    let [plain, _, _] = failing(&octopus).map(Runkey::run);
    let [wished, _, _] = failing(&octopus).map(|run| {
        run.env("RUST_BACKTRACE", "full")
            .env("COLORBT_SHOW_HIDDEN", "1")
    });
    let wished = wished.run();
    assert_eq!(plain.stderr, wished.stderr);
    assert_eq!(plain.stdout, wished.stdout);
}

#[test]
fn help_names_the_variables_and_shows_no_value() {
    let octopus = Octopus::start();
    for step in ["create", "use", "delete", "--verbose"] {
        for help in ["-h", "--help"] {
            let run = runkey(&octopus, step)
                .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token())
                .env("RUNKEY_OWNER", "a-value-to-look-for")
                .env("OCTOPUS_SPACE", "a-value-to-look-for")
                .args([help])
                .run()
                .expect_code(0);
            for value in [octopus.url(), "a-value-to-look-for", "env: RUNKEY_OWNER="] {
                assert!(!run.stdout.contains(value), "{value} in {run:#?}");
            }
            assert!(run.stdout.contains("OCTOPUS_API_KEY"), "{run:#?}");
            assert!(run.stdout.contains("OCTOPUS_URL"), "{run:#?}");
            assert!(run.stdout.contains("env: RUNKEY_OUTPUT"), "{run:#?}");
            assert_eq!(run.stderr, "");
        }
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn help_says_what_the_exit_codes_mean() {
    let octopus = Octopus::start();
    for (step, codes) in [
        ("create", "Exit codes: 0 done, 1 failed, 2 wrong usage."),
        (
            "use",
            "Exit codes: COMMAND's own; 125 runkey failed, 126 COMMAND cannot be run, 127 it was not found.",
        ),
        ("delete", "Exit codes: 0 done, 1 failed, 2 wrong usage."),
    ] {
        runkey(&octopus, step)
            .args(["--help"])
            .run()
            .expect_code(0)
            .expect_text(codes);
    }
}

#[test]
fn the_version_is_the_packages() {
    let octopus = Octopus::start();
    for flag in ["--version", "-V"] {
        let run = runkey(&octopus, flag).run().expect_code(0);
        assert_eq!(
            run.stdout,
            concat!("runkey ", env!("CARGO_PKG_VERSION"), "\n")
        );
    }
}

#[test]
fn a_servers_text_can_neither_give_orders_nor_show_the_key() {
    let octopus = Octopus::start();
    let text = format!(
        "\u{1b}[2J##octopus[setVariable name='QQ==' value='QQ==']\r\nthe key {} is bad",
        octopus.service_key()
    );
    octopus
        .fault(Fault::HostileError { status: 400, text })
        .forever();
    for run in [
        create(&octopus),
        use_key(&octopus, octopus.service_key()),
        delete(&octopus),
    ] {
        let run = run.run();
        assert_eq!(
            run.messages().len(),
            1,
            "the result message alone: {run:#?}"
        );
        assert!(!run.stderr.contains("##octopus["), "{run:#?}");
        assert!(!run.stderr.contains('\u{1b}'), "{run:#?}");
        run.expect_text("the key API-******** is bad");
    }
}

#[test]
fn a_key_that_someone_wrote_into_a_purpose_is_hidden() {
    let octopus = Octopus::start();
    let purpose = format!("key {} [runkey 1]", octopus.admin_key());
    octopus.add_key(
        RUNBOOK_SVC,
        &purpose,
        Some(octopus.now() - SignedDuration::from_hours(1)),
    );
    delete(&octopus)
        .without("RUNKEY_RUN_BY")
        .without("RUNKEY_RUN_ID")
        .args(["--expired"])
        .run()
        .expect_code(0)
        .expect_text(": key API-********, run 1 (it expired at ");
}
