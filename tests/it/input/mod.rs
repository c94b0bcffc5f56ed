//! The command line, the variables and the env file: what is refused before anything is sent, and
//! which value counts.

mod env_file;
mod variables;

use std::fmt::Write as _;

use octopus_sim::Octopus;

use crate::support::server::{active_keys, add_key};
use crate::support::{PURPOSE, RUN, Runkey, bare, create, delete, runkey, use_key};

/// A table of `input: exit code, first line, help`; nothing may be sent.
fn refusals<'a>(octopus: &Octopus, rows: impl IntoIterator<Item = (String, Runkey<'a>)>) -> String {
    let mut table = String::new();
    for (input, run) in rows {
        let run = run.run();
        assert!(!run.stderr.contains("hunter2"), "{run:#?}");
        let lines: Vec<_> = run.stderr.lines().collect();
        let lines = lines.join("\n  ");
        writeln!(table, "{input:?} {}\n  {lines}", run.code).unwrap();
    }
    assert_eq!(octopus.connections(), 0, "{table}");
    table
}

#[test]
fn refuses_wrong_command_lines() {
    let octopus = Octopus::start();
    let rows = [
        "",
        "--",
        "deploy",
        "creat",
        "create stray",
        "create --no-such-option",
        "create --api-key hunter2",
        "create --token=hunter2",
        "create --expires",
        "create --url",
        "create --output xml",
        "create --access write",
        "create --output json --output text",
        "create --verbose=maybe",
        "create --preflight --run-id R",
        "create --grace 5s",
        "create --no-check",
        "use stray",
        "use --expires-in 1h",
        "delete stray",
        "delete -- true",
        "delete --access full",
        "delete --yes",
        "delete --finished --all",
        "delete --finished --run-id R",
        "delete --finished --purpose P",
        "delete --finished --run-by P",
        "delete --all --report report.html",
    ]
    .map(|line| {
        let key = octopus.service_key();
        (
            line.to_owned(),
            bare(&octopus).env("OCTOPUS_API_KEY", key).line(line),
        )
    });
    insta::assert_snapshot!(refusals(&octopus, rows), @r##"
    "" 2
      Error: No subcommand given.
      Help: Use create, use or delete. See 'runkey --help'.
    "--" 2
      Error: No subcommand given.
      Help: Use create, use or delete. See 'runkey --help'.
    "deploy" 2
      Error: Unknown subcommand 'deploy'.
      Help: The subcommands are create, use and delete.
    "creat" 2
      Error: Unknown subcommand 'creat'.
      Help: Did you mean 'create'?
    "create stray" 2
      Error: Unexpected argument 'stray'.
      Help: Put -- before the command: runkey create -- stray ...
    "create --no-such-option" 2
      Error: Unknown option '--no-such-option'.
      Help: See 'runkey create --help'.
    "create --api-key hunter2" 2
      Error: Keys and tokens are not accepted on the command line, where other users can see them.
      Help: Revoke this one (it is in your shell's history), and set OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN instead.
    "create --token=hunter2" 2
      Error: Keys and tokens are not accepted on the command line, where other users can see them.
      Help: Revoke this one (it is in your shell's history), and set OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN instead.
    "create --expires" 2
      Error: Unknown option '--expires'.
      Help: Did you mean '--expires-in'?
    "create --url" 2
      Error: --url needs a value.
      Help: See 'runkey create --help'.
    "create --output xml" 2
      Error: --output: 'xml' is not a valid value.
      Help: Use one of octopus, json, text.
    "create --access write" 2
      Error: --access: 'write' is not a valid value.
      Help: Use one of full, read-only.
    "create --output json --output text" 2
      Error: --output is given twice.
      Help: Remove one of them.
    "create --verbose=maybe" 2
      Error: --verbose takes no value.
      Help: See 'runkey create --help'.
    "create --preflight --run-id R" 2
      Error: --run-id cannot be used with --preflight, which creates keys of its own.
      Help: Remove one of the two.
    "create --grace 5s" 2
      Error: --grace requires a command.
      Help: Add the command: runkey create ... -- COMMAND
    "create --no-check" 2
      Error: Unknown option '--no-check'.
      Help: See 'runkey create --help'.
    "use stray" 125
      Error: Unexpected argument 'stray'.
      Help: Put -- before the command: runkey use -- stray ...
    "use --expires-in 1h" 125
      Error: Unknown option '--expires-in'.
      Help: See 'runkey use --help'.
    "delete stray" 2
      Error: Unexpected argument 'stray'.
      Help: See 'runkey delete --help'.
    "delete -- true" 2
      Error: Unexpected argument 'true'.
      Help: See 'runkey delete --help'.
    "delete --access full" 2
      Error: Unknown option '--access'.
      Help: Did you mean '--space'?
    "delete --yes" 2
      Error: Missing --all.
      Help: See 'runkey delete --help'.
    "delete --finished --all" 2
      Error: --finished cannot be used with --all.
      Help: Remove one of them.
    "delete --finished --run-id R" 2
      Error: --run-id (RUNKEY_RUN_ID) cannot be used with --finished (RUNKEY_FINISHED), which is about many runs.
      Help: Remove one of the two.
    "delete --finished --purpose P" 2
      Error: --purpose (RUNKEY_PURPOSE) cannot be used with --finished (RUNKEY_FINISHED), which is about many runs.
      Help: Remove one of the two.
    "delete --finished --run-by P" 2
      Error: --run-by (RUNKEY_RUN_BY) cannot be used with --finished (RUNKEY_FINISHED), which is about many runs.
      Help: Remove one of the two.
    "delete --all --report report.html" 2
      Error: --report (RUNKEY_REPORT) cannot be used with --all, which is about many runs.
      Help: Remove one of the two.
    "##);
}

#[test]
fn refuses_unusable_urls() {
    let octopus = Octopus::start();
    let rows = [
        "",
        "octopus.example",
        "ftp://octopus.example",
        "https://",
        "https://a b",
        "https://alice:hunter2@octopus.example",
        "https://octopus.example/?key=hunter2",
        "https://octopus.example/other#/Spaces-1",
        "#{Octopus.Web.ServerUri}",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:",
    ]
    .map(|url| (url.to_owned(), create(&octopus).env("OCTOPUS_URL", url)));
    insta::assert_snapshot!(refusals(&octopus, rows), @r##"
    "" 2
      Error: --url (OCTOPUS_URL) is not set.
      Help: Set --url (OCTOPUS_URL) to the server's URL, such as https://octopus.example.com.
    "octopus.example" 2
      Error: --url (OCTOPUS_URL) does not begin with https:// or http://.
      Help: Set --url (OCTOPUS_URL) to the server's URL, such as https://octopus.example.com.
    "ftp://octopus.example" 2
      Error: --url (OCTOPUS_URL) does not begin with https:// or http://.
      Help: Set --url (OCTOPUS_URL) to the server's URL, such as https://octopus.example.com.
    "https://" 2
      Error: --url (OCTOPUS_URL) is not a valid URL.
      Help: Set --url (OCTOPUS_URL) to the server's URL, such as https://octopus.example.com.
    "https://a b" 2
      Error: --url (OCTOPUS_URL) is not a valid URL.
      Help: Set --url (OCTOPUS_URL) to the server's URL, such as https://octopus.example.com.
    "https://alice:hunter2@octopus.example" 2
      Error: --url (OCTOPUS_URL) contains a username or a password, which would be logged.
      Help: Set --url (OCTOPUS_URL) to the server's URL, such as https://octopus.example.com.
    "https://octopus.example/?key=hunter2" 2
      Error: --url (OCTOPUS_URL) has a query or a fragment, which is not part of the server's URL.
      Help: Set --url (OCTOPUS_URL) to the server's URL, such as https://octopus.example.com.
    "https://octopus.example/other#/Spaces-1" 2
      Error: --url (OCTOPUS_URL) has a query or a fragment, which is not part of the server's URL.
      Help: Set --url (OCTOPUS_URL) to the server's URL, such as https://octopus.example.com.
    "#{Octopus.Web.ServerUri}" 2
      Error: OCTOPUS_URL contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "http://127.0.0.1:99999" 2
      Error: --url (OCTOPUS_URL) has an invalid port: it must be a number from 1 to 65535.
      Help: Set --url (OCTOPUS_URL) to the server's URL, such as https://octopus.example.com.
    "http://127.0.0.1:" 2
      Error: --url (OCTOPUS_URL) has an invalid port: it must be a number from 1 to 65535.
      Help: Set --url (OCTOPUS_URL) to the server's URL, such as https://octopus.example.com.
    "##);
}

#[test]
fn requires_a_run() {
    let octopus = Octopus::start();
    let without = |subcommand: &str, names: &[&str]| {
        let run = runkey(&octopus, subcommand);
        let run = names.iter().fold(run, |run, name| run.without(name));
        (format!("{subcommand} without {}", names.join(", ")), run)
    };
    let rows = [
        without("create", &["RUNKEY_RUN_BY", "RUNKEY_RUN_ID"]),
        without("create", &["RUNKEY_RUN_BY"]),
        without("create", &["RUNKEY_RUN_ID"]),
        without("delete", &["RUNKEY_RUN_ID"]),
    ];
    insta::assert_snapshot!(refusals(&octopus, rows), @r##"
    "create without RUNKEY_RUN_BY, RUNKEY_RUN_ID" 2
      Error: Missing --run-by (RUNKEY_RUN_BY), --run-id (RUNKEY_RUN_ID).
      Help: Set what is missing; --purpose (RUNKEY_PURPOSE) replaces --run-by and --run-id.
    "create without RUNKEY_RUN_BY" 2
      Error: Missing --run-by (RUNKEY_RUN_BY).
      Help: Set what is missing; --purpose (RUNKEY_PURPOSE) replaces --run-by and --run-id.
    "create without RUNKEY_RUN_ID" 2
      Error: Missing --run-id (RUNKEY_RUN_ID).
      Help: Set what is missing; --purpose (RUNKEY_PURPOSE) replaces --run-by and --run-id.
    "delete without RUNKEY_RUN_ID" 2
      Error: Missing --run-id (RUNKEY_RUN_ID).
      Help: Set it, or --purpose (RUNKEY_PURPOSE). For an overview of all run keys: runkey delete --all --dry-run.
    "##);
}

#[test]
fn repeats_no_secret_of_the_command_line() {
    let octopus = Octopus::start();
    // The harness fails when the key is shown.
    let key = octopus.service_key();
    for subcommand in ["create", "use", "delete"] {
        for run in [
            runkey(&octopus, subcommand).args([key]),
            runkey(&octopus, subcommand).args([&format!("--{key}")]),
            runkey(&octopus, subcommand).args(["--owner", key]),
            runkey(&octopus, subcommand).env("OCTOPUS_URL", key),
            runkey(&octopus, subcommand).env("RUNKEY_RUN_ID", key),
        ] {
            let code = if subcommand == "use" { 125 } else { 2 };
            run.run().expect_code(code);
        }
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn accepts_every_writing_of_a_switch() {
    let octopus = Octopus::start();
    add_key(&octopus, PURPOSE);
    for (value, is_on) in [
        ("True", true),
        ("true", true),
        (" 1 ", true),
        ("YES", true),
        ("on", true),
        ("False", false),
        ("0", false),
        ("no", false),
        ("off", false),
        ("", false),
    ] {
        add_key(&octopus, PURPOSE);
        delete(&octopus)
            .env("RUNKEY_DRY_RUN", value)
            .run()
            .expect_code(0);
        assert_eq!(active_keys(&octopus).is_empty(), !is_on, "{value}");
    }
}

#[test]
fn delete_only_warns_of_what_prevents_no_revocation() {
    let octopus = Octopus::start();
    for (name, value) in [
        ("RUNKEY_VERBOSE", "maybe"),
        ("RUNKEY_QUIET", "#{Quiet}"),
        ("RUNKEY_OUTPUT", "xml"),
        ("RUNKEY_TIMEOUT", "soon"),
        ("RUNKEY_RETRY_FOR", "0s"),
        ("RUNKEY_REPORT", "report.txt"),
        ("RUNKEY_RUN_BY", "#{Who}"),
        ("RUNKEY_INDETERMINATE", "yesterday"),
        ("RUNKEY_KEY_EXPIRES", "soon"),
        ("RUNKEY_KEY_ID", "#{Octopus.Action[Create].Output.ApiKeyId}"),
        ("OCTOPUS_SPACE", "#{Space}"),
    ] {
        add_key(&octopus, PURPOSE);
        let run = delete(&octopus).env(name, value).run().expect_code(0);
        assert_eq!(active_keys(&octopus), [""; 0], "{name}");
        if name != "RUNKEY_RUN_BY" {
            let warnings = run.at_level("warning");
            assert!(
                warnings
                    .iter()
                    .any(|line| line.contains(name) || line.contains(value)),
                "{name}: {run:#?}"
            );
        }
    }
}

#[test]
fn accepts_urls_as_people_have_them() {
    let octopus = octopus_sim::Settings {
        virtual_directory: "/octopus".to_owned(),
        ..octopus_sim::Settings::default()
    }
    .start();
    let url = octopus.url().to_owned();
    for suffix in ["", "/", "/api", "/api/", "/app", "/app#/Spaces-1/projects"] {
        let run = create(&octopus).env("OCTOPUS_URL", format!("{url}{suffix}"));
        run.run().expect_code(0);
    }
}

#[test]
fn option_beats_variable() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .env("RUNKEY_RUN_ID", "1] [")
        .args(["--run-id", RUN, "--run-by=Bob Ng (bob)"])
        .run()
        .expect_code(0);
    assert_eq!(
        run.variable("ApiKeyPurpose").unwrap(),
        "Bob Ng (bob) [runkey ServerTasks-123]"
    );
    let run = bare(&octopus)
        .args(["--url", "https://wrong.invalid", "create"])
        .args(["--help"])
        .run();
    run.expect_code(0);
}
