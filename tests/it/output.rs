//! Output formats, help, and exit codes.

use octopus_sim::{Fault, Octopus};

use crate::support::server::{add_key, always};
use crate::support::{PURPOSE, Runkey, bare, create, delete, runkey, use_key};

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
    always(&octopus, "POST /apikeys", Fault::Status(403));
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
