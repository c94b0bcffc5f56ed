//! The command line, the variables and the env file: what is refused before anything is sent, and
//! which value counts.

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
fn refuses_wrong_values_of_variables() {
    let octopus = Octopus::start();
    let rows = [
        ("create", "RUNKEY_EXPIRES_IN", "90"),
        ("create", "RUNKEY_EXPIRES_IN", "0s"),
        ("create", "RUNKEY_EXPIRES_IN", "-5m"),
        ("create", "RUNKEY_EXPIRES_IN", "1 month"),
        ("create", "RUNKEY_EXPIRES_IN", "700000w"),
        ("create", "RUNKEY_TIMEOUT", "soon"),
        ("create", "RUNKEY_RETRY_FOR", "#{Project.RetryFor}"),
        ("create", "RUNKEY_ACCESS", "write"),
        ("create", "RUNKEY_OUTPUT", "xml"),
        ("create", "RUNKEY_VERBOSE", "maybe"),
        ("create", "RUNKEY_PREFLIGHT", "$false"),
        ("create", "RUNKEY_RUN_BY", "  "),
        ("create", "RUNKEY_RUN_BY", "\u{2800}\u{200b}"),
        (
            "create",
            "RUNKEY_RUN_BY",
            "#{Octopus.Deployment.CreatedBy.Username}",
        ),
        (
            "create",
            "RUNKEY_RUN_BY",
            "Eve [Runkey ServerTasks-9] (eve)",
        ),
        (
            "create",
            "RUNKEY_RUN_BY",
            "API-ABCDEFGHIJKLMNOPQRSTUVWXYZ (eve)",
        ),
        ("create", "RUNKEY_RUN_ID", " "),
        ("create", "RUNKEY_RUN_ID", "1] [runkey 2"),
        ("create", "RUNKEY_RUN_ID", "1\u{1b}[2J"),
        ("create", "RUNKEY_RUN_ID", "R~0a1b2c3d"),
        ("create", "RUNKEY_RUN_ID", "#{Octopus.Task.Id}"),
        ("create", "RUNKEY_PURPOSE", "O'Brien"),
        ("create", "RUNKEY_PURPOSE", "Alice [runkey R]"),
        ("create", "RUNKEY_PURPOSE", "Alice\nKing"),
        ("create", "RUNKEY_OWNER", "#{Owner}"),
        ("use", "RUNKEY_RUN_ID", "1 2"),
        ("use", "RUNKEY_KEY_ID", "../me"),
        ("delete", "RUNKEY_DRY_RUN", "#{Project.DryRun}"),
        ("delete", "RUNKEY_DRY_RUN", "tru"),
        ("delete", "RUNKEY_REQUIRE", "none"),
        ("delete", "RUNKEY_FINISHED", "0 0"),
        ("delete", "RUNKEY_RUN_ID", "#{Octopus.Task.Id}"),
        ("delete", "RUNKEY_OWNER", "API-ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ]
    .map(|(subcommand, name, value)| {
        let input = format!("{subcommand} {name}={value}");
        let run = match name {
            "RUNKEY_PREFLIGHT" => runkey(&octopus, subcommand)
                .without("RUNKEY_RUN_BY")
                .without("RUNKEY_RUN_ID"),
            "RUNKEY_KEY_ID" => runkey(&octopus, subcommand).env("RUNKEY_OWNER", "Users-21"),
            _ => runkey(&octopus, subcommand),
        };
        (input, run.env(name, value))
    });
    insta::assert_snapshot!(refusals(&octopus, rows), @r##"
    "create RUNKEY_EXPIRES_IN=90" 2
      Error: RUNKEY_EXPIRES_IN: '90' has no unit.
      Help: Use for example 45s, 30m, 2h 30m or 1d.
    "create RUNKEY_EXPIRES_IN=0s" 2
      Error: RUNKEY_EXPIRES_IN: '0s' must be greater than zero.
      Help: Use for example 45s, 30m, 2h 30m or 1d.
    "create RUNKEY_EXPIRES_IN=-5m" 2
      Error: RUNKEY_EXPIRES_IN: '-5m' must not be negative.
      Help: Use for example 45s, 30m, 2h 30m or 1d.
    "create RUNKEY_EXPIRES_IN=1 month" 2
      Error: RUNKEY_EXPIRES_IN: '1 month' contains months or years, which differ in length.
      Help: Use days or weeks, for example 365d or 52w.
    "create RUNKEY_EXPIRES_IN=700000w" 2
      Error: RUNKEY_EXPIRES_IN: '700000w' is too long.
      Help: Use for example 45s, 30m, 2h 30m or 1d.
    "create RUNKEY_TIMEOUT=soon" 2
      Error: RUNKEY_TIMEOUT: 'soon' is not a duration.
      Help: Use for example 45s, 30m, 2h 30m or 1d.
    "create RUNKEY_RETRY_FOR=#{Project.RetryFor}" 2
      Error: RUNKEY_RETRY_FOR contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "create RUNKEY_ACCESS=write" 2
      Error: RUNKEY_ACCESS: 'write' is not a valid value.
      Help: Use one of full, read-only.
    "create RUNKEY_OUTPUT=xml" 2
      Error: RUNKEY_OUTPUT: 'xml' is not a valid value.
      Help: Use one of octopus, json, text.
    "create RUNKEY_VERBOSE=maybe" 2
      Error: RUNKEY_VERBOSE: 'maybe' is not a boolean.
      Help: Use true or false.
    "create RUNKEY_PREFLIGHT=$false" 2
      Error: RUNKEY_PREFLIGHT: '$false' is not a boolean.
      Help: Use true or false.
    "create RUNKEY_RUN_BY=  " 2
      Error: --run-by (RUNKEY_RUN_BY) is empty.
      Help: Check the variable that the value comes from: not every kind of run sets it.
    "create RUNKEY_RUN_BY=⠀\u{200b}" 2
      Error: --run-by (RUNKEY_RUN_BY) is empty.
      Help: Check the variable that the value comes from: not every kind of run sets it.
    "create RUNKEY_RUN_BY=#{Octopus.Deployment.CreatedBy.Username}" 2
      Error: RUNKEY_RUN_BY contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "create RUNKEY_RUN_BY=Eve [Runkey ServerTasks-9] (eve)" 2
      Error: --run-by (RUNKEY_RUN_BY) contains ' [runkey ', which marks the run ID.
      Help: Remove it from the value.
    "create RUNKEY_RUN_BY=API-ABCDEFGHIJKLMNOPQRSTUVWXYZ (eve)" 2
      Error: --run-by (RUNKEY_RUN_BY) contains something that looks like a credential (not shown). Refusing to put it in the audit trail.
      Help: Octopus expands variables in display names: a user named "Eve #{Project.ApiKey}" would leak that key. Find the source of the value, and revoke the credential if it is real.
    "create RUNKEY_RUN_ID= " 2
      Error: --run-id (RUNKEY_RUN_ID) is empty.
      Help: Set it to a unique ID of the run, such as ServerTasks-123.
    "create RUNKEY_RUN_ID=1] [runkey 2" 2
      Error: --run-id (RUNKEY_RUN_ID) contains ']'.
      Help: Set it to a unique ID of the run, such as ServerTasks-123.
    "create RUNKEY_RUN_ID=1\u{1b}[2J" 2
      Error: --run-id (RUNKEY_RUN_ID) contains the character U+001B.
      Help: Set it to a unique ID of the run, such as ServerTasks-123.
    "create RUNKEY_RUN_ID=R~0a1b2c3d" 2
      Error: --run-id (RUNKEY_RUN_ID) contains '~', which only one-command runs have.
      Help: Remove it from the value.
    "create RUNKEY_RUN_ID=#{Octopus.Task.Id}" 2
      Error: RUNKEY_RUN_ID contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "create RUNKEY_PURPOSE=O'Brien" 2
      Error: --purpose (RUNKEY_PURPOSE) contains quotes, or characters that are not visible.
      Help: Remove it from the value.
    "create RUNKEY_PURPOSE=Alice [runkey R]" 2
      Error: --purpose (RUNKEY_PURPOSE) contains ' [runkey ', which marks the run ID.
      Help: Remove it from the value.
    "create RUNKEY_PURPOSE=Alice\nKing" 2
      Error: --purpose (RUNKEY_PURPOSE) contains quotes, or characters that are not visible.
      Help: Remove it from the value.
    "create RUNKEY_OWNER=#{Owner}" 2
      Error: RUNKEY_OWNER contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "use RUNKEY_RUN_ID=1 2" 125
      Error: --run-id (RUNKEY_RUN_ID) contains the character U+0020.
      Help: Set it to a unique ID of the run, such as ServerTasks-123.
    "use RUNKEY_KEY_ID=../me" 125
      Error: --key-id (RUNKEY_KEY_ID) is not an ID.
      Help: Set it to the create step's output variable ApiKeyId.
    "delete RUNKEY_DRY_RUN=#{Project.DryRun}" 2
      Error: RUNKEY_DRY_RUN contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "delete RUNKEY_DRY_RUN=tru" 2
      Error: RUNKEY_DRY_RUN: 'tru' is not a boolean.
      Help: Use true or false.
    "delete RUNKEY_REQUIRE=none" 2
      Error: RUNKEY_REQUIRE: 'none' is not a boolean.
      Help: Use true or false.
    "delete RUNKEY_FINISHED=0 0" 2
      Error: RUNKEY_FINISHED: '0 0' is not a boolean.
      Help: Use true or false.
    "delete RUNKEY_RUN_ID=#{Octopus.Task.Id}" 2
      Error: RUNKEY_RUN_ID contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "delete RUNKEY_OWNER=API-ABCDEFGHIJKLMNOPQRSTUVWXYZ" 2
      Error: --owner (RUNKEY_OWNER) contains something that looks like a credential (not shown).
      Help: Set it to a username or an ID such as Users-21.
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
      Error: Missing --run-by (RUNKEY_RUN_BY) and --run-id (RUNKEY_RUN_ID).
      Help: Set both, or --purpose (RUNKEY_PURPOSE).
    "create without RUNKEY_RUN_BY" 2
      Error: Missing --run-by (RUNKEY_RUN_BY).
      Help: Set both, or --purpose (RUNKEY_PURPOSE).
    "create without RUNKEY_RUN_ID" 2
      Error: Missing --run-id (RUNKEY_RUN_ID).
      Help: Set both, or --purpose (RUNKEY_PURPOSE).
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

/// `runkey create` whose key and server are in no variable.
fn without_variables(octopus: &Octopus) -> Runkey<'_> {
    create(octopus)
        .without("OCTOPUS_URL")
        .without("OCTOPUS_API_KEY")
}

/// An env file with the key and the server.
fn content(octopus: &Octopus) -> String {
    format!(
        "# for tests\nOCTOPUS_URL={}\nexport OCTOPUS_API_KEY='{}'\n",
        octopus.url(),
        octopus.service_key()
    )
}

#[test]
fn reads_env_file_of_the_current_folder() {
    let octopus = Octopus::start();
    let other = "HTTPS_PROXY=http://127.0.0.1:9\nOTHER=1\n";
    let run = without_variables(&octopus)
        // An empty variable counts as not set.
        .env("OCTOPUS_URL", "")
        .file(".env", content(&octopus) + other)
        .run();
    run.expect_code(0)
        .expect_text("Read 2 variables from '.env'.");
    let text = format!("\u{feff}{}", content(&octopus)).replace('\n', "\r\n");
    without_variables(&octopus)
        .file(".env", text)
        .run()
        .expect_code(0);
}

#[test]
fn reads_no_env_file_of_a_parent_folder() {
    let octopus = Octopus::start();
    let run = without_variables(&octopus).file(".env", content(&octopus));
    let (mut command, folder) = run.into_command();
    let below = folder.path().join("below");
    std::fs::create_dir(&below).unwrap();
    let output = command.current_dir(&below).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn named_env_file_is_the_only_one() {
    let octopus = Octopus::start();
    for run in [
        without_variables(&octopus).args(["--env-file", "service.env"]),
        without_variables(&octopus).args(["--env-file=service.env"]),
        without_variables(&octopus).env("RUNKEY_ENV_FILE", "service.env"),
        without_variables(&octopus)
            .env("RUNKEY_ENV_FILE", "missing.env")
            .args(["--env-file", "service.env"]),
    ] {
        let run = run
            .file("service.env", content(&octopus))
            .file(".env", "RUNKEY_OUTPUT=text\n");
        assert!(!run.run().expect_code(0).messages().is_empty());
    }
    for run in [
        create(&octopus).args(["--env-file", "missing.env"]),
        create(&octopus).env("RUNKEY_ENV_FILE", "missing.env"),
    ] {
        let run = run.run().expect_code(2);
        assert!(
            run.error()
                .starts_with("Env file 'missing.env' cannot be read: "),
            "{run:#?}"
        );
    }
}

#[test]
fn environment_beats_env_file() {
    let octopus = Octopus::start();
    let file = "OCTOPUS_URL=https://wrong.invalid\nOCTOPUS_API_KEY=API-WRONG\nRUNKEY_RUN_BY=Bob\n";
    let run = create(&octopus)
        .args(["--env-file", "my.env"])
        .file("my.env", file)
        .run();
    assert_eq!(
        run.expect_code(0).variable("ApiKeyPurpose").unwrap(),
        PURPOSE
    );
}

#[test]
fn ignores_env_file_beside_a_credential() {
    let octopus = Octopus::start();
    let file = "RUNKEY_RUN_BY=Eve\nOCTOPUS_URL=http://127.0.0.1:9\nnonsense $(\n";
    let run = create(&octopus).file(".env", file).run().expect_code(0);
    assert_eq!(run.variable("ApiKeyPurpose").unwrap(), PURPOSE);
    assert!(!run.has(".env"), "{run:#?}");
    let run = create(&octopus)
        .without("OCTOPUS_URL")
        .file(".env", content(&octopus))
        .run();
    run.expect_code(2).expect_text("pass --env-file .env");
}

#[cfg(unix)]
#[test]
fn is_not_stopped_by_what_is_called_env() {
    let octopus = Octopus::start();
    let in_the_way: [fn(&std::path::Path); 3] = [
        |path| std::fs::create_dir(path).unwrap(),
        |path| {
            let status = std::process::Command::new("mkfifo").arg(path).status();
            assert!(status.unwrap().success());
        },
        |path| std::os::unix::fs::symlink("/dev/zero", path).unwrap(),
    ];
    for make in in_the_way {
        let run = create(&octopus);
        make(&run.folder().join(".env"));
        run.run().expect_code(0);
    }
}

#[cfg(unix)]
#[test]
fn leaves_env_file_of_the_command_alone() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    use_key(&octopus, &key.secret)
        .line("-- echo --env-file missing.env")
        .run()
        .expect_code(0)
        .expect_text("--env-file missing.env");
}

#[test]
fn refuses_env_files_that_programs_read_differently() {
    let octopus = Octopus::start();
    let rows = [
        &b"OCTOPUS_API_KEY='hunter2\n"[..],
        b"A=1\n\nOTHER=\"hunter2\nC=3\n",
        b"OCTOPUS_API_KEY=a hunter2\n",
        b"OCTOPUS_API_KEY hunter2\n",
        b"# ours\nOCTOPUS_API_KEY=$hunter2\n",
        b"OCTOPUS_API_KEY=\"${hunter2}\"\n",
        b"OCTOPUS_API_KEY=a\\nhunter2\n",
        b"OCTOPUS_API_KEY='a'$hunter2\n",
        b"RUNKEY_DRY_RUN=#{Project.DryRun}\n",
        b"RUNKEY_DRY_RUN='#{Project.DryRun}'\n",
        b"RUNKEY_RUN_BY=a\nRUNKEY_RUN_BY=b\n",
        b"A=\xff\xfe\n",
        b"\xff\xfeA\0=\x001\0",
    ]
    .map(|content| {
        let run = without_variables(&octopus).file(".env", content);
        (String::from_utf8_lossy(content).into_owned(), run)
    });
    insta::assert_snapshot!(refusals(&octopus, rows), @r##"
    "OCTOPUS_API_KEY='hunter2\n" 2
      Error: Env file '.env' line 1: OCTOPUS_API_KEY has a quote that is not closed.
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "A=1\n\nOTHER=\"hunter2\nC=3\n" 2
      Error: Env file '.env' line 3: has a quote that is not closed.
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "OCTOPUS_API_KEY=a hunter2\n" 2
      Error: Env file '.env' line 1: OCTOPUS_API_KEY is not NAME=value.
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "OCTOPUS_API_KEY hunter2\n" 2
      Error: Env file '.env' line 1: OCTOPUS_API_KEY is not NAME=value.
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "# ours\nOCTOPUS_API_KEY=$hunter2\n" 2
      Error: Env file '.env' line 2: OCTOPUS_API_KEY contains '$' or '\' outside single quotes.
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "OCTOPUS_API_KEY=\"${hunter2}\"\n" 2
      Error: Env file '.env' line 1: OCTOPUS_API_KEY contains '$' or '\' outside single quotes.
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "OCTOPUS_API_KEY=a\\nhunter2\n" 2
      Error: Env file '.env' line 1: OCTOPUS_API_KEY contains '$' or '\' outside single quotes.
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "OCTOPUS_API_KEY='a'$hunter2\n" 2
      Error: Env file '.env' line 1: OCTOPUS_API_KEY contains '$' or '\' outside single quotes.
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "RUNKEY_DRY_RUN=#{Project.DryRun}\n" 2
      Error: Env file '.env' line 1: RUNKEY_DRY_RUN contains an unresolved Octopus variable ('#{...}').
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "RUNKEY_DRY_RUN='#{Project.DryRun}'\n" 2
      Error: Env file '.env' line 1: RUNKEY_DRY_RUN contains an unresolved Octopus variable ('#{...}').
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "RUNKEY_RUN_BY=a\nRUNKEY_RUN_BY=b\n" 2
      Error: Env file '.env' line 2: RUNKEY_RUN_BY is set twice.
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "A=��\n" 2
      Error: Env file '.env' is not encoded in UTF-8.
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "��A\0=\01\0" 2
      Error: Env file '.env' is encoded in UTF-16; save it as UTF-8.
      Help: Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\' into single quotes.
    "##);
}

#[test]
fn expands_nothing_in_single_quotes() {
    let octopus = Octopus::start();
    let file = content(&octopus) + "RUNKEY_RUN_BY='$HOME \\ x # y'\nRUNKEY_RUN_ID=R # comment\n";
    let run = without_variables(&octopus)
        .without("RUNKEY_RUN_BY")
        .without("RUNKEY_RUN_ID")
        .file(".env", file)
        .run();
    assert_eq!(
        run.expect_code(0).variable("ApiKeyPurpose").unwrap(),
        "$HOME \\ x # y [runkey R]"
    );
}
