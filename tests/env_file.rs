//! The `.env` file: which one is read, what wins, and what is never shown.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use common::{Runkey, create, requests};
use octopus_sim::Octopus;

/// `runkey create` whose key and server are in no variable.
fn bare(octopus: &Octopus) -> Runkey<'_> {
    create(octopus)
        .without("OCTOPUS_URL")
        .without("OCTOPUS_API_KEY")
}

/// A file with the key and the server.
fn content(octopus: &Octopus) -> String {
    format!(
        "# for tests\nOCTOPUS_URL={}\nexport OCTOPUS_API_KEY='{}'\n",
        octopus.url(),
        octopus.service_key()
    )
}

#[test]
fn the_file_in_the_current_folder_is_read() {
    let octopus = Octopus::start();
    bare(&octopus)
        .file(".env", &content(&octopus))
        .run()
        .expect_code(0);
    assert_eq!(requests(&octopus).len(), 2);
}

#[test]
fn a_file_in_a_folder_above_is_not() {
    let octopus = Octopus::start();
    let (mut command, folder) = bare(&octopus)
        .file(".env", &content(&octopus))
        .into_command();
    let below = folder.join("below");
    std::fs::create_dir(&below).unwrap();
    let output = command.current_dir(&below).output().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn what_is_set_already_wins() {
    let octopus = Octopus::start();
    create(&octopus)
        .args(["--env-file", "wrong.env"])
        .file(
            "wrong.env",
            "OCTOPUS_URL=https://wrong.invalid\nOCTOPUS_API_KEY=API-WRONG\nRUNKEY_RUN_BY=Bob\n",
        )
        .run()
        .expect_code(0)
        .expect_text("Made a key for Alice King (alice), run ServerTasks-123.");
}

#[test]
fn another_file_can_be_named_and_is_then_the_only_one() {
    let octopus = Octopus::start();
    let named = |run: Runkey<'_>| {
        run.file("service.env", &content(&octopus))
            .file(".env", "RUNKEY_OUTPUT=text\n")
            .run()
            .expect_code(0)
            .messages()
            .len()
    };
    let run = bare(&octopus).args(["--env-file", "service.env"]);
    assert_eq!(
        named(run),
        6,
        "service messages, so the other file counts for nothing"
    );
    named(bare(&octopus).args(["--env-file=service.env"]));
    named(bare(&octopus).env("RUNKEY_ENV_FILE", "service.env"));
    named(
        bare(&octopus)
            .env("RUNKEY_ENV_FILE", "wrong.env")
            .args(["--env-file", "service.env"]),
    );
}

#[test]
fn a_named_file_that_is_missing_is_an_error() {
    let octopus = Octopus::start();
    for run in [
        create(&octopus).args(["--env-file", "missing.env"]),
        create(&octopus).env("RUNKEY_ENV_FILE", "missing.env"),
    ] {
        let run = run.run().expect_code(2);
        let message = run.result_message().expect("a first sentence");
        assert!(
            message.starts_with("The file of variables 'missing.env' cannot be read"),
            "{message}"
        );
    }
    assert_eq!(octopus.connections(), 0);
}

#[cfg(unix)]
#[test]
fn the_file_of_the_command_is_none_of_runkeys_business() {
    let octopus = Octopus::start();
    common::use_key(&octopus, octopus.service_key())
        .args(["--", "echo", "--env-file", "missing.env"])
        .run()
        .expect_code(0)
        .expect_text("--env-file missing.env");
}

#[test]
fn a_damaged_line_is_an_error_that_names_it_and_does_not_quote_it() {
    let octopus = Octopus::start();
    for (damaged, line) in [
        ("OCTOPUS_API_KEY='hunter2\n", 1),
        ("A=1\n\nRUNKEY_OWNER=\"hunter2\nC=3\n", 3),
        ("OCTOPUS_API_KEY=a hunter2\n", 1),
        ("OCTOPUS_API_KEY hunter2\n", 1),
    ] {
        for step in ["create", "use", "delete"] {
            let run = common::runkey(&octopus, step)
                .without("OCTOPUS_API_KEY")
                .file(".env", damaged)
                .run()
                .expect_code(if step == "use" { 125 } else { 2 })
                .expect_text(&format!(
                    "The file of variables '.env' has something that is not NAME=value in line {line},"
                ));
            assert!(!format!("{run:?}").contains("hunter2"), "{run:#?}");
        }
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn a_value_that_would_be_filled_in_is_refused_with_its_line() {
    let octopus = Octopus::start();
    for value in ["$HOME", "\"${HOME}\"", "a\\nb", "\"a$b\"", "'a'$b"] {
        let run = bare(&octopus)
            .file(".env", &format!("# ours\nOCTOPUS_API_KEY={value}\n"))
            .run()
            .expect_code(2)
            .expect_text("in line 2, OCTOPUS_API_KEY")
            .expect_text("in single quotes");
        assert!(!format!("{run:?}").contains("HOME"), "{run:#?}");
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn a_variable_that_octopus_did_not_fill_in_is_no_comment() {
    let octopus = Octopus::start();
    for value in ["#{Project.DryRun}", "'#{Project.DryRun}'", "True #{x}"] {
        bare(&octopus)
            .file(".env", &format!("RUNKEY_TRIAL={value}\n"))
            .run()
            .expect_code(2)
            .expect_text("still holds '#{', a variable that Octopus did not fill in, in line 1");
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn in_single_quotes_nothing_is_filled_in() {
    let octopus = Octopus::start();
    let run = bare(&octopus)
        .file(
            ".env",
            &format!("{}RUNKEY_RUN_BY='$HOME \\ x'\n", content(&octopus)),
        )
        .without("RUNKEY_RUN_BY")
        .run()
        .expect_code(0);
    assert_eq!(
        run.variable("ApiKeyPurpose").as_deref(),
        Some("$HOME \\ x [runkey ServerTasks-123]")
    );
}

#[test]
fn a_file_that_is_no_text_is_an_error() {
    let octopus = Octopus::start();
    for content in [&b"A=\xff\xfe\n"[..], b"OCTOPUS_API_KEY=a\0b\n"] {
        let run = bare(&octopus);
        std::fs::write(run.folder().join(".env"), content).unwrap();
        run.run()
            .expect_code(2)
            .expect_text("The file of variables '.env' is no text of that kind");
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn beside_a_credential_in_the_environment_a_strangers_file_is_not_even_opened() {
    for credential in ["OCTOPUS_API_KEY", "OCTOPUS_ACCESS_TOKEN"] {
        let octopus = Octopus::start();
        let secret = if credential == "OCTOPUS_API_KEY" {
            octopus.service_key().to_owned()
        } else {
            octopus.access_token().to_owned()
        };
        let run = create(&octopus)
            .without("OCTOPUS_API_KEY")
            .env(credential, &secret)
            .file(
                ".env",
                "RUNKEY_RUN_BY=Eve\nOCTOPUS_URL=http://127.0.0.1:9\nnonsense $(\n",
            );
        let run = run.run().expect_code(0);
        assert_eq!(
            run.variable("ApiKeyPurpose").as_deref(),
            Some(common::PURPOSE)
        );
        assert!(!run.stdout.contains(".env"), "{run:#?}");
    }
}

#[cfg(unix)]
#[test]
fn whatever_has_the_files_name_no_step_with_its_own_credential_is_kept_from_working() {
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

#[test]
fn a_line_says_which_file_was_read_and_how_much_of_it_counts() {
    let octopus = Octopus::start();
    bare(&octopus)
        .file(
            ".env",
            &format!(
                "{}HTTPS_PROXY=http://127.0.0.1:9\nOTHER=1\n",
                content(&octopus)
            ),
        )
        .run()
        .expect_code(0)
        .expect_text("Read 2 variables from '.env'.");
}

#[test]
fn an_empty_variable_does_not_hide_the_files_value() {
    let octopus = Octopus::start();
    bare(&octopus)
        .env("OCTOPUS_API_KEY", "")
        .env("OCTOPUS_URL", "")
        .file(".env", &content(&octopus))
        .run()
        .expect_code(0);
}

#[test]
fn who_misses_what_stands_in_a_file_that_was_not_opened_is_told() {
    let octopus = Octopus::start();
    create(&octopus)
        .without("OCTOPUS_URL")
        .file(".env", &content(&octopus))
        .run()
        .expect_code(2)
        .expect_text("The .env here was not opened, since a credential is in the environment");
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn a_file_of_any_length_is_read_no_further_than_one_of_its_kind_is_long() {
    let octopus = Octopus::start();
    bare(&octopus)
        .file(".env", &"# padding\n".repeat(200_000))
        .run()
        .expect_code(2)
        .expect_text("it is far too long");
}

#[test]
fn a_credential_in_the_environment_wins_over_both_of_a_named_files() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .args(["--env-file", "both.env"])
        .file(
            "both.env",
            "OCTOPUS_ACCESS_TOKEN=eyJwrong\nOCTOPUS_API_KEY=API-WRONG\n",
        )
        .run();
    run.expect_code(0);
}

#[test]
fn the_null_device_is_read_in_silence() {
    let octopus = Octopus::start();
    let null = if cfg!(windows) { "NUL" } else { "/dev/null" };
    let run = create(&octopus)
        .env("RUNKEY_ENV_FILE", null)
        .run()
        .expect_code(0);
    assert!(!run.stdout.contains("Read "), "{run:#?}");
}

#[cfg(unix)]
#[test]
fn a_file_that_can_be_read_only_once_is_enough() {
    let octopus = Octopus::start();
    let (command, folder) = bare(&octopus).into_command();
    let pipe = folder.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let writer = std::thread::spawn({
        let (pipe, content) = (pipe.clone(), content(&octopus));
        move || std::fs::write(pipe, content)
    });
    let mut command = command;
    let output = command.arg("--env-file").arg(&pipe).output().unwrap();
    writer.join().unwrap().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}
