//! What is said about a wrong command line: what it is, and what to do next; and nothing is sent.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{Runkey, create, runkey};
use octopus_sim::{Octopus, RUNBOOK_SVC};

/// Fails unless the run is refused as wrong usage in exactly these words, in every format.
#[track_caller]
fn refused<'a>(
    octopus: &'a Octopus,
    run: impl Fn() -> Runkey<'a>,
    code: i32,
    what: &str,
    next: &str,
) {
    let shown = format!("Error: {what}\n\nSuggestion: {next}\n");
    let outcome = run().env("RUNKEY_OUTPUT", "text").run().expect_code(code);
    assert_eq!(outcome.stderr, shown);
    assert_eq!(outcome.stdout, "");
    let outcome = run().run().expect_code(code);
    assert_eq!(outcome.stderr, shown);
    assert_eq!(outcome.result_message().as_deref(), Some(what));
    assert_eq!(outcome.messages().len(), 1);
    assert!(octopus.requests().is_empty(), "nothing was sent");
}

/// Command lines of each step, and what is said about them.
const WRONG: &[(&str, &[&str], &str, &str)] = &[
    (
        "create",
        &["--expire-in", "1h"],
        "Wrong usage: unexpected argument '--expire-in' found.",
        "Did you mean '--expires-in'? See 'runkey create --help'.",
    ),
    (
        "delete",
        &["--runid", "1"],
        "Wrong usage: unexpected argument '--runid' found.",
        "Did you mean '--run-id'? See 'runkey delete --help'.",
    ),
    (
        "create",
        &["--access", "readonly"],
        "Wrong usage: invalid value 'readonly' for '--access <ACCESS>'.",
        "Did you mean 'read-only'? See 'runkey create --help'.",
    ),
    (
        "create",
        &["--actor-type", "robot"],
        "Wrong usage: invalid value 'robot' for '--actor-type <TYPE>'.",
        "Give one of these: user, ai-agent.",
    ),
    (
        "create",
        &["stray"],
        "Wrong usage: unexpected argument 'stray' found.",
        "See 'runkey create --help'.",
    ),
    (
        "create",
        &["--url"],
        "Wrong usage: a value is required for '--url <URL>' but none was supplied.",
        "See 'runkey create --help'.",
    ),
    (
        "use",
        &["env"],
        "Wrong usage: unexpected argument 'env' found.",
        "Put -- before the command: runkey use -- env ...",
    ),
    (
        "use",
        &["--no-check", "octopus", "space", "list"],
        "Wrong usage: unexpected argument 'octopus' found.",
        "Put -- before the command: runkey use -- octopus ...",
    ),
    (
        "delet",
        &[],
        "Wrong usage: unrecognized subcommand 'delet'.",
        "Did you mean 'delete'? See 'runkey --help'.",
    ),
    (
        "revoke",
        &[],
        "Wrong usage: unrecognized subcommand 'revoke'.",
        "The steps are create, use and delete. See 'runkey --help'.",
    ),
    (
        "--verbose",
        &[],
        "No step is given: create, use or delete.",
        "See 'runkey --help', or begin with 'runkey create --trial --output text'.",
    ),
    (
        "create",
        &["--expires-in", "0s"],
        "Wrong usage: invalid value '0s' for '--expires-in <TIME>': that is no time at all.",
        "Write a number with a unit, such as 45s, 30m, 2h 30m or 1d.",
    ),
    (
        "create",
        &["--expires-in", "-5m"],
        "Wrong usage: invalid value '-5m' for '--expires-in <TIME>': a time is not less than nothing.",
        "Write a number with a unit, such as 45s, 30m, 2h 30m or 1d.",
    ),
    (
        "delete",
        &["--retry-for", "90"],
        "Wrong usage: invalid value '90' for '--retry-for <TIME>': the number has no unit.",
        "Write a number with a unit, such as 45s, 30m, 2h 30m or 1d.",
    ),
    (
        "create",
        &["--expires-in", "2y"],
        "Wrong usage: invalid value '2y' for '--expires-in <TIME>': months and years differ in length.",
        "Write days or weeks: 365d, 52w. Write a number with a unit, such as 45s, 30m, 2h 30m or 1d.",
    ),
    (
        "create",
        &["--trial", "--run-by", "x"],
        "--run-by cannot be used with --trial, which makes keys of its own.",
        "See 'runkey create --help'.",
    ),
];

#[test]
fn a_wrong_command_line_is_told_with_what_to_do_next() {
    let octopus = Octopus::start();
    for (step, arguments, what, next) in WRONG {
        let code = if *step == "use" { 125 } else { 2 };
        let run = || runkey(&octopus, step).args(*arguments);
        refused(&octopus, run, code, what, next);
    }
}

#[test]
fn a_dash_dash_without_a_command_is_told_without_a_word_on_standard_output() {
    let octopus = Octopus::start();
    for step in ["create", "use"] {
        let run = runkey(&octopus, step).args(["--"]).run().expect_code(125);
        assert!(
            run.stderr
                .starts_with("Error: There is no COMMAND behind '--'.\n\nSuggestion: "),
            "{run:#?}"
        );
        assert_eq!(run.stdout, "");
    }
    assert!(octopus.requests().is_empty(), "nothing was sent");
}

#[test]
fn a_key_on_the_command_line_is_to_be_revoked() {
    let octopus = Octopus::start();
    for option in ["--api-key", "--access-token", "--token"] {
        for step in ["create", "use", "delete"] {
            let key = octopus.service_key();
            let what = format!(
                "Wrong usage: unexpected argument '{option}': a key or token is never given on the command line, where others can read it."
            );
            let next = "Revoke the one you just typed, for shells remember it, and set OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN in the environment instead.";
            let code = if step == "use" { 125 } else { 2 };
            refused(
                &octopus,
                || runkey(&octopus, step).args([option, key]),
                code,
                &what,
                next,
            );
            let joined = format!("{option}={key}");
            refused(
                &octopus,
                || runkey(&octopus, step).args([&joined]),
                code,
                &what,
                next,
            );
        }
    }
}

#[test]
fn all_that_is_missing_is_told_at_once() {
    let octopus = Octopus::start();
    let nothing = |step| {
        move |octopus| {
            runkey(octopus, step)
                .without("OCTOPUS_URL")
                .without("OCTOPUS_API_KEY")
                .without("RUNKEY_RUN_BY")
                .without("RUNKEY_RUN_ID")
        }
    };
    for step in ["create", "delete"] {
        refused(
            &octopus,
            || nothing(step)(&octopus),
            2,
            "Several things are missing: the Octopus Server's URL, a credential, who started the run and which run it is.",
            "Set --url (OCTOPUS_URL), OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN, --run-by (RUNKEY_RUN_BY) and --run-id (RUNKEY_RUN_ID).",
        );
        refused(
            &octopus,
            || nothing(step)(&octopus).env("RUNKEY_RUN_BY", "Alice"),
            2,
            "Several things are missing: the Octopus Server's URL, a credential and which run it is.",
            "Set --url (OCTOPUS_URL), OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN and --run-id (RUNKEY_RUN_ID).",
        );
        refused(
            &octopus,
            || nothing(step)(&octopus).env("RUNKEY_PURPOSE", "x"),
            2,
            "Several things are missing: the Octopus Server's URL and a credential.",
            "Set --url (OCTOPUS_URL) and OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN.",
        );
    }
    for (step, switch) in [
        ("create", "--trial"),
        ("delete", "--expired"),
        ("delete", "--ended"),
    ] {
        refused(
            &octopus,
            || nothing(step)(&octopus).args([switch]),
            2,
            "Several things are missing: the Octopus Server's URL and a credential.",
            "Set --url (OCTOPUS_URL) and OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN.",
        );
    }
    refused(
        &octopus,
        || nothing("use")(&octopus),
        125,
        "Several things are missing: the Octopus Server's URL and the run's key.",
        "Set --url (OCTOPUS_URL) and OCTOPUS_API_KEY.",
    );
}

#[test]
fn a_single_thing_that_is_missing_or_not_filled_in_is_told_with_its_own_advice() {
    let octopus = Octopus::start();
    refused(
        &octopus,
        || create(&octopus).env("OCTOPUS_URL", "#{Octopus.Web.ServerUri}"),
        2,
        "The Octopus Server's URL still holds '#{', a variable that Octopus did not fill in.",
        "Set --url (OCTOPUS_URL) to the server's address, such as https://octopus.example.com; in a step it is #{Octopus.Web.ServerUri}.",
    );
    refused(
        &octopus,
        || {
            runkey(&octopus, "delete")
                .args(["--dry-run"])
                .without("RUNKEY_RUN_BY")
                .without("RUNKEY_RUN_ID")
        },
        2,
        "It is not said which key is meant.",
        "Give --run-by and --run-id (RUNKEY_RUN_BY and RUNKEY_RUN_ID), or --purpose (RUNKEY_PURPOSE); or --ended, to see the keys of all runs that are over.",
    );
    for sweep in ["--expired", "--ended"] {
        refused(
            &octopus,
            || {
                runkey(&octopus, "delete")
                    .args([sweep, "--report", "report.html"])
                    .without("RUNKEY_RUN_BY")
                    .without("RUNKEY_RUN_ID")
            },
            2,
            "A report is asked for, but of no run.",
            "Leave out --report (RUNKEY_REPORT): a sweep says in its log what it revoked, and with --output json in full.",
        );
    }
    refused(
        &octopus,
        || create(&octopus).env("RUNKEY_VERBOSE", "maybe"),
        2,
        "RUNKEY_VERBOSE is 'maybe', which is neither true nor false.",
        "Write true or false; 1, 0, yes, no, on and off will do too.",
    );
}

#[test]
fn a_value_of_the_env_file_is_told_with_its_variable() {
    let octopus = Octopus::start();
    create(&octopus)
        .without("OCTOPUS_API_KEY")
        .file(".env", "OCTOPUS_API_KEY=API-X\nRUNKEY_EXPIRES_IN=0s\n")
        .run()
        .expect_code(2)
        .expect_text("The value '0s' of RUNKEY_EXPIRES_IN, from the file of variables, cannot be used: that is no time at all.");
}

#[test]
fn a_key_that_was_never_one_is_told_how_keys_begin() {
    let octopus = Octopus::start();
    create(&octopus)
        .env("OCTOPUS_API_KEY", "hunter2")
        .run()
        .expect_code(1)
        .expect_text("the server did not accept the credential (401)")
        .expect_text("check OCTOPUS_API_KEY, which begins with API-,");
}

#[test]
fn an_owner_that_is_a_person_or_unknown_is_told_with_what_to_give() {
    let octopus = Octopus::start();
    create(&octopus)
        .args(["--owner", "alice"])
        .run()
        .expect_code(1)
        .expect_text("For another person no account may make keys: give a service account as --owner (RUNKEY_OWNER).");
    create(&octopus)
        .args(["--owner", "Users-999"])
        .run()
        .expect_code(1)
        .expect_text("Perhaps there is no account with the id given as --owner (RUNKEY_OWNER).");
    create(&octopus)
        .args(["--owner", "Alice King"])
        .run()
        .expect_code(1)
        .expect_text("There is no account with the user name 'Alice King'.")
        .expect_text("it takes a user name, not a display name, or an id such as Users-21.");
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}

#[test]
fn the_help_of_every_step_ends_with_an_example() {
    let octopus = Octopus::start();
    for step in ["create", "use", "delete"] {
        let help = runkey(&octopus, step).args(["--help"]).run().expect_code(0);
        let last = help.stdout.lines().last().unwrap();
        assert!(last.contains(&format!("runkey {step} ")), "{last}");
    }
}
