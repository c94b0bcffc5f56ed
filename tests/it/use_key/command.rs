//! The command that `use` runs.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::*;
use crate::support::running::start_until_line;
use rustix::process::Signal;

/// `runkey use -- COMMAND …` with a valid key.
fn run_command<'a>(octopus: &'a Octopus, command: &[&str]) -> Runkey<'a> {
    let key = add_key(octopus, PURPOSE);
    use_exactly(octopus, &key).args(["--"]).args(command)
}

/// The environment that the command has.
fn environment(run: Runkey<'_>) -> BTreeMap<String, String> {
    let run = run.args(["--", "sh", "-c", "env > environment"]).run();
    let run = run.expect_code(0);
    let text = run.file("environment");
    let lines = text.lines().filter_map(|line| line.split_once('='));
    let lines = lines.filter(|(name, _)| !["PWD", "OLDPWD", "SHLVL", "_"].contains(name));
    lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Keeps a snapshot readable: one variable a line.
fn shown(octopus: &Octopus, key: &str, environment: &BTreeMap<String, String>) -> String {
    let lines = environment.iter().map(|(name, value)| {
        let value = if value == key { "the run key" } else { value };
        format!("{name}={}\n", value.replace(octopus.url(), "the server"))
    });
    lines.collect()
}

#[test]
fn gives_the_command_the_run_key_and_no_other_credential() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    let run = use_exactly(&octopus, &key)
        .env("OCTOPUS_URL", format!("{}/api/", octopus.url()))
        .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token())
        .env("OCTOPUS_CLI_API_KEY", octopus.service_key())
        .env("PIPELINE_KEY", octopus.service_key())
        .env(
            "CONFIGURATION",
            format!("{{\"key\": \"{}\"}}", octopus.admin_key()),
        )
        .env("OF_A_TOOL", "API-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        .env("ALSO_THE_RUN_KEY", &key.secret)
        .env("RUNKEY_OF_A_LATER_VERSION", "1")
        .env("HTTPS_PROXY", "")
        .env("no_proxy", "localhost")
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "kept")
        .env("ORDINARY", "as it was")
        .args(["--space", "Spaces-1"]);
    let environment = environment(run);
    insta::assert_snapshot!(shown(&octopus, &key.secret, &environment), @r##"
    ACTIONS_ID_TOKEN_REQUEST_TOKEN=kept
    ALL_PROXY=
    ALSO_THE_RUN_KEY=the run key
    CLI_SERVER_URL=the server
    HTTPS_PROXY=
    HTTP_PROXY=
    NODE_TLS_REJECT_UNAUTHORIZED=
    OCTOPUSDEPLOY_API_KEY=the run key
    OCTOPUSDEPLOY_SERVER_URL=the server
    OCTOPUSDEPLOY_SPACE_ID=Spaces-1
    OCTOPUS_ACCESS_TOKEN=
    OCTOPUS_APIKEY=the run key
    OCTOPUS_API_KEY=the run key
    OCTOPUS_CLI_API_KEY=the run key
    OCTOPUS_CLI_PASSWORD=
    OCTOPUS_CLI_SERVER=the server
    OCTOPUS_CLI_USERNAME=
    OCTOPUS_HOST=the server
    OCTOPUS_ID_TOKEN=
    OCTOPUS_SERVER_API_KEY=the run key
    OCTOPUS_SERVER_URI=the server
    OCTOPUS_SERVER_URL=the server
    OCTOPUS_SKIP_ELICITATION=
    OCTOPUS_SPACE=Spaces-1
    OCTOPUS_URL=the server
    ORDINARY=as it was
    PATH=/usr/bin:/bin
    TF_VAR_octopus_apikey=the run key
    TF_VAR_octopus_server=the server
    TF_VAR_octopus_space_id=Spaces-1
    all_proxy=
    http_proxy=
    no_proxy=localhost
    "##);
}

#[test]
fn keeps_variables_that_are_named() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE);
    let run = use_exactly(&octopus, &key)
        .env("PIPELINE_KEY", "API-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        .env("OTHER_KEY", "API-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        .args(["--keep-env", "PIPELINE_KEY, OCTOPUS_API_KEY"]);
    let environment = environment(run);
    assert!(environment.contains_key("PIPELINE_KEY"));
    assert!(!environment.contains_key("OTHER_KEY"));
    assert_eq!(environment["OCTOPUS_API_KEY"], key.secret);
}

#[test]
fn passes_ca_file_as_node_extra_ca_certs() {
    let octopus = server_with(|settings| settings.tls = true);
    let key = add_key(&octopus, PURPOSE);
    let given = environment(use_exactly(&octopus, &key));
    let file = octopus.ca_file().to_string_lossy();
    assert_eq!(given["NODE_EXTRA_CA_CERTS"], file);
    let set = use_exactly(&octopus, &key).env("NODE_EXTRA_CA_CERTS", "mine.pem");
    assert_eq!(environment(set)["NODE_EXTRA_CA_CERTS"], "mine.pem");
}

#[test]
fn names_removed_variables() {
    let octopus = Octopus::start();
    let run = run_command(&octopus, &["true"]);
    let run = run
        .env("PIPELINE_KEY", "API-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        .run();
    run.expect_code(0).expect_text("PIPELINE_KEY");
}

#[test]
fn becomes_the_command() {
    let octopus = Octopus::start();
    let (running, line) = start_until_line(run_command(&octopus, &["sh", "-c", "echo $$"]));
    assert_eq!(line, running.child.id().to_string());
    running.end().expect_code(0);

    let script = "trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done";
    let (running, _) = start_until_line(run_command(&octopus, &["sh", "-c", script]));
    running.signal(Signal::TERM);
    running.end().expect_code(7);
}

#[test]
fn passes_standard_input_and_output_through() {
    let octopus = Octopus::start();
    for format in ["text", "json"] {
        let run = run_command(&octopus, &["cat"]);
        let run = run
            .env("RUNKEY_OUTPUT", format)
            .input("one\ntwo\nno line")
            .run();
        assert_eq!(run.stdout, "one\ntwo\nno line", "{format}");
        run.expect_code(0);
    }
}

#[test]
fn passes_arguments_through() {
    let octopus = Octopus::start();
    let arguments: [&[u8]; 8] = [
        b"two words",
        b"'single' \"double\"",
        b"",
        b"$HOME `id` *",
        b"\xff\xfe no UTF-8",
        b"line\nbreak",
        b"--verbose",
        b"--",
    ];
    let run = run_command(
        &octopus,
        &[
            "sh",
            "-c",
            "printf '%s\\0' \"$@\" | od -An -c | tr -d ' \\n' > arguments",
            "sh",
        ],
    );
    let run = run
        .args(arguments.map(OsStr::from_bytes))
        .run()
        .expect_code(0);
    let written = run.file("arguments");
    assert!(
        written.contains("two") && written.contains("377376"),
        "{written}"
    );
    assert_eq!(written.matches("\\0").count(), arguments.len(), "{written}");
}

#[test]
fn passes_the_commands_exit_code() {
    let octopus = Octopus::start();
    for (script, code) in [
        ("exit 0", 0),
        ("exit 1", 1),
        ("exit 2", 2),
        ("exit 42", 42),
        ("exit 125", 125),
        ("exit 255", 255),
        ("kill -TERM $$", 143),
        ("kill -PIPE $$", 141),
    ] {
        run_command(&octopus, &["sh", "-c", script])
            .run()
            .expect_code(code);
    }
}

#[test]
fn explains_command_that_cannot_be_run() {
    let octopus = Octopus::start();
    for (command, content, code, text) in [
        ("no-such-command", "", 127, "no-such-command"),
        ("./no-such-file", "", 127, "./no-such-file"),
        ("ls -l | grep x", "", 127, "-- sh -c '...'"),
        ("./file", "#!/bin/sh\n", 126, "./file': permission denied"),
        ("./", "", 126, "./"),
    ] {
        let run = run_command(&octopus, &[command])
            .file("file", content)
            .run();
        assert!(run.has(text), "{run:#?}");
        run.expect_code(code);
    }
}

#[test]
fn explains_why_a_file_cannot_be_executed() {
    let octopus = Octopus::start();
    for (content, text) in [
        (&b"echo hello\n"[..], "#!"),
        (b"#!/bin/sh\r\necho hello\r\n", "CRLF"),
        (b"#!/no/such/interpreter\n", "/no/such/interpreter"),
        (b"", "empty"),
        (b"\x7fELF\0\0", "not a program for this processor"),
    ] {
        let run = run_command(&octopus, &["./file"])
            .executable("file", content)
            .run();
        assert!(run.has(text), "{run:#?}");
        run.expect_code(126);
    }
}
