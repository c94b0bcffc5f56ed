//! What is wrong on the command line or in the variables is refused before anything is sent.

mod common;

use common::{Outcome, Runkey, runkey, use_key};
use octopus_sim::{Octopus, RUNBOOK_SVC};

const STEPS: [&str; 3] = ["create", "use", "delete"];

/// Runs the step and fails unless it is refused as wrong usage, in these words, without a request.
#[track_caller]
fn refused(run: Runkey<'_>, octopus: &Octopus, step: &str, sentence: &str) -> Outcome {
    let code = if step == "use" { 125 } else { 2 };
    let outcome = run.run().expect_code(code).expect_text(sentence);
    let shown = outcome.result_message().unwrap_or_default();
    assert!(shown.contains(sentence), "{shown}");
    assert_eq!(octopus.connections(), 0, "nothing was sent");
    outcome
}

#[test]
fn every_step_refuses_options_and_values_that_it_does_not_know() {
    let octopus = Octopus::start();
    for step in STEPS {
        for (arguments, sentence) in [
            (&["--api-key", "x"][..], "unexpected argument '--api-key'"),
            (&["--no-such-option"], "unexpected argument"),
            (&["stray"], "unexpected argument 'stray'"),
            (&["--output", "xml"], "invalid value 'xml' for '--output"),
            (
                &["--access", "write"],
                if step == "delete" {
                    "unexpected argument"
                } else {
                    "invalid value 'write' for '--access"
                },
            ),
            (&["--url"], "a value is required for '--url"),
        ] {
            let run = runkey(&octopus, step).args(arguments);
            refused(run, &octopus, step, sentence);
        }
    }
}

#[test]
fn a_step_must_be_named() {
    let octopus = Octopus::start();
    for step in ["", "--", "revoke"] {
        runkey(&octopus, step).run().expect_code(2);
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn a_secret_on_the_command_line_is_not_repeated() {
    let octopus = Octopus::start();
    for step in STEPS {
        // The harness fails when the key shows.
        let key = octopus.service_key();
        let run = runkey(&octopus, step).args([key]);
        refused(run, &octopus, step, "unexpected argument");
        let run = runkey(&octopus, step).env("RUNKEY_TIMEOUT", key);
        refused(run, &octopus, step, "invalid value");
    }
}

#[test]
fn times_that_are_none_are_refused() {
    let octopus = Octopus::start();
    for option in ["--expires-in", "--timeout", "--retry-for"] {
        for time in ["", "0s", "90", "-5m", "soon", "1 month", "1y"] {
            let run = runkey(&octopus, "create").args([format!("{option}={time}")]);
            refused(run, &octopus, "create", option)
                .expect_text("Write a number with a unit, such as 45s, 30m, 2h 30m or 1d.");
        }
    }
}

#[test]
fn a_lifetime_beyond_every_calendar_is_refused() {
    let octopus = Octopus::start();
    common::create(&octopus)
        .args(["--owner", RUNBOOK_SVC, "--expires-in", "700000w"])
        .run()
        .expect_code(2)
        .expect_text("is beyond every calendar");
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn a_missing_or_unusable_url_is_refused() {
    let octopus = Octopus::start();
    for step in STEPS {
        let run = runkey(&octopus, step).without("OCTOPUS_URL");
        refused(run, &octopus, step, "The Octopus Server's URL is missing.");
        for (url, sentence) in [
            ("octopus.example", "does not begin with https:// or http://"),
            (
                "ftp://octopus.example",
                "does not begin with https:// or http://",
            ),
            ("https://", "The Octopus Server's URL"),
            ("https://a b", "cannot be read"),
            (
                "https://alice:hunter2@octopus.example",
                "has a user or a password in it",
            ),
            (
                "https://octopus.example/other#/Spaces-1",
                "has a part after '?' or '#'",
            ),
            ("#{Octopus.Web.ServerUri}", "still holds '#{'"),
            ("http://127.0.0.1:99999", "has a port that is none"),
            ("http://127.0.0.1:", "has a port that is none"),
        ] {
            let run = runkey(&octopus, step).env("OCTOPUS_URL", url);
            let outcome = refused(run, &octopus, step, sentence);
            assert!(!format!("{outcome:?}").contains("hunter2"), "{outcome:?}");
        }
    }
}

#[test]
fn a_missing_credential_and_two_are_refused() {
    let octopus = Octopus::start();
    for step in ["create", "delete"] {
        let run = runkey(&octopus, step).without("OCTOPUS_API_KEY");
        refused(run, &octopus, step, "There is no credential.");
        let run = runkey(&octopus, step).env("OCTOPUS_ACCESS_TOKEN", octopus.access_token());
        let sentence =
            "Two credentials are given: OCTOPUS_API_KEY and OCTOPUS_ACCESS_TOKEN are both set.";
        refused(run, &octopus, step, sentence);
    }
}

#[test]
fn a_credential_that_could_add_a_header_is_refused_unseen() {
    let octopus = Octopus::start();
    let key = octopus.service_key();
    for step in STEPS {
        for bad in [
            format!("{key}\r\nX-Admin: 1"),
            format!("{key}\n"),
            format!(" {key}"),
            format!("{key}\u{e9}"),
            format!("{key}\u{7}"),
        ] {
            let run = runkey(&octopus, step).env("OCTOPUS_API_KEY", bad);
            let sentence = "OCTOPUS_API_KEY holds a blank, a line break or another character";
            refused(run, &octopus, step, sentence);
        }
        let run = runkey(&octopus, step).env("OCTOPUS_API_KEY", "#{Key}");
        refused(run, &octopus, step, "OCTOPUS_API_KEY still holds '#{'");
    }
    let run = runkey(&octopus, "create")
        .without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ACCESS_TOKEN", "a\nb");
    refused(
        run,
        &octopus,
        "create",
        "OCTOPUS_ACCESS_TOKEN holds a blank",
    );
}

#[test]
fn a_purpose_that_names_nobody_or_breaks_the_line_is_refused() {
    let octopus = Octopus::start();
    for step in STEPS {
        for (variable, text, sentence) in [
            (
                "RUNKEY_RUN_BY",
                "  ",
                "Who started the run (--run-by, RUNKEY_RUN_BY) is empty.",
            ),
            (
                "RUNKEY_RUN_BY",
                "Alice\nKing",
                "holds a line break or another control character.",
            ),
            (
                "RUNKEY_RUN_BY",
                "#{Octopus.Deployment.CreatedBy.Username}",
                "still holds '#{'",
            ),
            (
                "RUNKEY_RUN_ID",
                " ",
                "The run's id (--run-id, RUNKEY_RUN_ID) is empty.",
            ),
            (
                "RUNKEY_RUN_ID",
                "1\u{1b}[2J",
                "holds a line break or another control character.",
            ),
            ("RUNKEY_RUN_ID", "#{Octopus.Task.Id}", "still holds '#{'"),
            ("RUNKEY_RUN_ID", "1] [runkey 2", "holds a square bracket."),
            (
                "RUNKEY_PURPOSE",
                "\t",
                "The purpose (--purpose, RUNKEY_PURPOSE) is empty.",
            ),
            (
                "RUNKEY_PURPOSE",
                "a\r\nb",
                "holds a line break or another control character.",
            ),
            ("RUNKEY_PURPOSE", "for #{Who}", "still holds '#{'"),
            (
                "RUNKEY_OWNER",
                " ",
                "The account that owns the key (--owner, RUNKEY_OWNER) is empty.",
            ),
            ("RUNKEY_OWNER", "#{Owner}", "still holds '#{'"),
        ] {
            let run = runkey(&octopus, step).env(variable, text);
            refused(run, &octopus, step, sentence);
        }
    }
}

#[test]
fn half_of_who_and_which_run_is_refused() {
    let octopus = Octopus::start();
    for step in STEPS {
        let run = runkey(&octopus, step).without("RUNKEY_RUN_ID");
        refused(
            run,
            &octopus,
            step,
            "who started the run is given, but not which run it is.",
        );
        let run = runkey(&octopus, step).without("RUNKEY_RUN_BY");
        refused(
            run,
            &octopus,
            step,
            "the run's id is given, but not who started it.",
        );
    }
    for step in ["create", "delete"] {
        let run = runkey(&octopus, step)
            .without("RUNKEY_RUN_BY")
            .without("RUNKEY_RUN_ID");
        refused(run, &octopus, step, "It is not said which key is meant.");
    }
}

#[test]
fn a_keys_id_that_is_none_is_refused() {
    let octopus = Octopus::start();
    for id in ["../../me", "apikeys-1?x", "..", "#{Id}"] {
        let run =
            use_key(&octopus, octopus.service_key()).args(["--owner", RUNBOOK_SVC, "--key-id", id]);
        refused(
            run,
            &octopus,
            "use",
            "The key's id (--key-id, RUNKEY_KEY_ID) is not an id.",
        );
    }
}

#[test]
fn a_file_of_certificates_that_holds_none_is_refused() {
    let octopus = Octopus::start();
    for (content, sentence) in [
        ("no PEM", "holds no certificate."),
        (
            "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n",
            "is damaged",
        ),
    ] {
        for step in STEPS {
            let run = runkey(&octopus, step)
                .env("OCTOPUS_URL", "https://127.0.0.1:9")
                .file("ca.pem", content)
                .args(["--ca-file", "ca.pem"]);
            refused(run, &octopus, step, sentence);
        }
    }
    let run = runkey(&octopus, "create")
        .env("OCTOPUS_URL", "https://127.0.0.1:9")
        .args(["--ca-file", "missing.pem"]);
    refused(
        run,
        &octopus,
        "create",
        "The file 'missing.pem', given as --ca-file, cannot be read",
    );
}
