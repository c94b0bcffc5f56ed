//! Output formats, help, and exit codes.

use octopus_sim::{Fault, Octopus};

use crate::support::server::add_key;
use crate::support::{PURPOSE, Runkey, bare, create, delete, runkey, transcript, use_key};

#[test]
fn prints_help_of_every_subcommand() {
    let octopus = Octopus::start();
    for arguments in [
        "--help",
        "create --help",
        "use --help",
        "delete --help",
        "revoke --help",
    ] {
        let run = bare(&octopus)
            .line(arguments)
            .env("OCTOPUS_API_KEY", octopus.service_key())
            .run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments}");
        for line in run.stdout.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        assert!(run.stdout.is_ascii(), "{arguments}");
    }
    let run = bare(&octopus).line("--version").run().expect_code(0);
    assert_eq!(
        run.stdout,
        concat!("runkey ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn prints_completions_and_the_manual_page() {
    let octopus = Octopus::start();
    for (kind, text) in [
        ("complete-bash", "complete "),
        ("complete-zsh", "#compdef runkey"),
        ("complete-fish", "complete -c runkey"),
        ("complete-powershell", "Register-ArgumentCompleter"),
        ("man", ".TH runkey"),
    ] {
        bare(&octopus)
            .args(["--generate", kind])
            .run()
            .expect_code(0)
            .expect_text(text);
    }
}

#[test]
fn prints_one_json_object_on_every_failure() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::Status(403))
        .on("POST", "/apikeys")
        .forever();
    for (run, code) in [
        (create(&octopus).line("--no-such-option"), 2),
        (create(&octopus).env("RUNKEY_EXPIRES_IN", "soon"), 2),
        (create(&octopus).env("OCTOPUS_API_KEY", ""), 2),
        (create(&octopus).args(["--env-file", "missing.env"]), 2),
        (create(&octopus), 1),
        (delete(&octopus).line("--require"), 1),
        (use_key(&octopus, ""), 125),
        (runkey(&octopus, "deploy"), 2),
        (runkey(&octopus, ""), 2),
    ] {
        let run = run.env("RUNKEY_OUTPUT", "json").run().expect_code(code);
        let json = run.json();
        assert_eq!(json["Error"]["Message"], run.error(), "{run:#?}");
        assert!(
            json["Error"]["Help"]
                .as_str()
                .is_some_and(|help| !help.is_empty()),
            "{run:#?}"
        );
    }
}

#[test]
fn prints_json_where_the_option_is_typed_behind_an_error() {
    let octopus = Octopus::start();
    for arguments in [
        "--no-such-option --output json",
        "--output=json --no-such-option",
        "stray --output json",
    ] {
        let run = create(&octopus).line(arguments).run().expect_code(2);
        run.json();
    }
}

#[test]
fn prints_the_three_lines_of_a_failure_in_every_format() {
    let octopus = Octopus::start();
    let mut shown = String::new();
    for format in ["octopus", "text", "json"] {
        octopus.fault(Fault::Status(403)).on("POST", "/apikeys");
        octopus.forget_requests();
        let run = create(&octopus).args(["--output", format]).run();
        shown += &transcript(&octopus, &run);
    }
    insta::assert_snapshot!(shown, @r##"
    exit code 1
    --- stdout
    [stdout-verbose]
    GET /api/users/me: 200 (N ms)
    [stdout-default]
    [setVariable name='ApiKeyRunId' value='ServerTasks-123']
    [setVariable name='ApiKeyPurpose' value='Alice King (alice) [runkey ServerTasks-123]']
    [setVariable name='ApiKeyOwnerId' value='Users-21']
    [stdout-verbose]
    POST /api/users/Users-21/apikeys: 403 (N ms)
    [stdout-default]
    [resultMessage message='Cannot create the key: permission denied (403 Forbidden). Octopus said: "The server is in trouble."']
    --- stderr
    Error: Cannot create the key: permission denied (403 Forbidden).
    Octopus said: "The server is in trouble."
    Help: Check that the credential is not a read-only key. For keys of another account (--owner), the credential's account needs the UserEdit permission.
    --- requests
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    exit code 1
    --- stderr
    Error: Cannot create the key: permission denied (403 Forbidden).
    Octopus said: "The server is in trouble."
    Help: Check that the credential is not a read-only key. For keys of another account (--owner), the credential's account needs the UserEdit permission.
    --- requests
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    exit code 1
    --- stdout
    {"Error":{"Help":"Check that the credential is not a read-only key. For keys of another account (--owner), the credential's account needs the UserEdit permission.","Message":"Cannot create the key: permission denied (403 Forbidden).","OctopusSaid":"The server is in trouble."}}
    --- stderr
    Error: Cannot create the key: permission denied (403 Forbidden).
    Octopus said: "The server is in trouble."
    Help: Check that the credential is not a read-only key. For keys of another account (--owner), the credential's account needs the UserEdit permission.
    --- requests
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    "##);
}

#[test]
fn quiet_prints_warnings_and_errors_only() {
    let octopus = Octopus::start();
    for format in ["text", "json"] {
        add_key(&octopus, PURPOSE);
        let run = delete(&octopus)
            .args(["-q", "--output", format])
            .run()
            .expect_code(0);
        assert_eq!(run.stderr, "", "{format}");
        let run = delete(&octopus)
            .args(["-q", "--output", format])
            .run()
            .expect_code(0);
        assert!(
            run.stderr.starts_with("Warning: No API key of run"),
            "{run:#?}"
        );
    }
}

#[test]
fn verbose_prints_requests_without_headers_and_bodies() {
    let octopus = Octopus::start();
    let run = create(&octopus).line("-v --output text").run();
    let lines: Vec<_> = run
        .stderr
        .lines()
        .filter(|line| line.ends_with(" ms)"))
        .collect();
    assert_eq!(lines.len(), 2, "{run:#?}");
    assert!(
        lines[1].starts_with("POST /api/users/Users-21/apikeys: 200 ("),
        "{run:#?}"
    );
    assert!(!run.stderr.contains("Purpose"), "{run:#?}");
}

/// With a credential that the server refuses.
fn failing(run: Runkey<'_>) -> Runkey<'_> {
    run.env("OCTOPUS_API_KEY", "API-WRONG")
}

/// The table of the documentation: what happened, and the exit codes of the subcommands.
#[test]
fn exit_codes_are_those_of_the_documentation() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    for (run, code) in [
        (create(&octopus), 0),
        (use_key(&octopus, &key.secret), 0),
        (delete(&octopus).line("--dry-run"), 0),
        (delete(&octopus), 0),
        (failing(create(&octopus)), 1),
        (failing(delete(&octopus)), 1),
        (failing(use_key(&octopus, "")), 125),
        (failing(create(&octopus)).line("-- true"), 125),
        (create(&octopus).line("--wrong"), 2),
        (delete(&octopus).line("--wrong"), 2),
        (use_key(&octopus, "x").line("--wrong"), 125),
        (create(&octopus).line("--wrong -- true"), 125),
        (
            use_key(&octopus, "x").line("--no-check -- no-such-command"),
            127,
        ),
        (create(&octopus).line("-- no-such-command"), 127),
    ] {
        run.run().expect_code(code);
    }
}
