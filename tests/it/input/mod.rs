//! The command line, the variables and the env file: what is refused before anything is sent, and
//! which value counts.

mod env_file;

use octopus_sim::Octopus;

use crate::support::server::{active_keys, add_key};
use crate::support::{PURPOSE, RUN, Runkey, bare, create, delete, runkey, use_key};

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
