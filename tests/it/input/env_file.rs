//! The env file.

use super::*;

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
