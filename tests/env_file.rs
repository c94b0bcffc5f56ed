//! The `.env` file: which one is read, what wins, and what is never shown.

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
        .file(
            ".env",
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
fn a_damaged_file_is_an_error_that_does_not_quote_it() {
    let octopus = Octopus::start();
    for damaged in [
        "OCTOPUS_API_KEY='hunter2\n",
        "hunter2 hunter2\n",
        "A=1\nB=\"hunter2\nC=3\n",
        "OCTOPUS_API_KEY=a hunter2\n",
    ] {
        for step in ["create", "use", "delete"] {
            let run = common::runkey(&octopus, step)
                .file(".env", damaged)
                .run()
                .expect_code(if step == "use" { 125 } else { 2 })
                .expect_text("The file of variables '.env' has a line that is not NAME=value");
            assert!(!format!("{run:?}").contains("hunter2"), "{run:#?}");
        }
    }
    assert_eq!(octopus.connections(), 0);
}

#[test]
fn a_file_that_is_no_text_is_an_error() {
    let octopus = Octopus::start();
    let run = create(&octopus);
    std::fs::write(run.folder().join(".env"), b"A=\xff\xfe\n").unwrap();
    run.run()
        .expect_code(2)
        .expect_text("The file of variables '.env' cannot be read");
    assert_eq!(octopus.connections(), 0);
}
