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
        .env("OCTOPUS_CLI_PASSWORD", "x")
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

/// `runkey use`, which becomes the command, and `runkey create`, which waits for it.
fn both<'a>(octopus: &'a Octopus, command: &[&str]) -> [Runkey<'a>; 2] {
    let one_command = create(octopus).args(["--"]).args(command);
    [run_command(octopus, command), one_command]
}

#[test]
fn passes_standard_input_and_output_byte_for_byte() {
    let octopus = Octopus::start();
    let lines = "{\"jsonrpc\":\"2.0\",\"id\":1}\n{\"id\":2}\nno line";
    for format in ["text", "json"] {
        for run in both(&octopus, &["cat"]) {
            let run = run.env("RUNKEY_OUTPUT", format).env("RUNKEY_VERBOSE", "1");
            let run = run.input(lines).run().expect_code(0);
            assert_eq!(run.stdout, lines, "{format}");
        }
    }
}

#[test]
fn passes_exit_code_however_the_command_ends() {
    for (script, code) in [
        ("exit 0", 0),
        ("exit 1", 1),
        ("exit 2", 2),
        ("exit 42", 42),
        ("exit 125", 125),
        ("exit 255", 255),
        ("kill -KILL $$", 137),
        ("kill -SEGV $$", 139),
        ("kill -PIPE $$", 141),
        ("kill -TERM $$", 143),
        ("exec >&- 2>&-; exit 3", 3),
        // Children that hold the command's pipes are not waited for.
        ("sleep 60 >/dev/null 2>&1 & exit 4", 4),
    ] {
        let octopus = Octopus::start();
        for run in both(&octopus, &["sh", "-c", script]) {
            run.run().expect_code(code);
        }
        assert_eq!(
            active_keys(&octopus),
            [PURPOSE],
            "{script}: only that of use"
        );
    }
}

/// Not under emulation: QEMU loses the error of a process that is being started.
#[test]
fn explains_why_a_command_cannot_be_executed() {
    for (command, content, code, text) in [
        ("no-such-command", "", 127, "no-such-command"),
        ("./no-such-file", "", 127, "./no-such-file"),
        ("ls -l | grep x", "", 127, "-- sh -c '...'"),
        ("./", "", 126, "./"),
        (
            "./not-executable",
            "",
            126,
            "./not-executable': permission denied",
        ),
        ("./file", "echo hello\n", 126, "#!"),
        ("./file", "#!/bin/sh\r\necho hello\r\n", 126, "CRLF"),
        (
            "./file",
            "#!/no/such/interpreter\n",
            126,
            "/no/such/interpreter",
        ),
        ("./file", "", 126, "empty"),
        (
            "./file",
            "\x7fELF\0\0",
            126,
            "not a program for this processor",
        ),
    ] {
        let octopus = Octopus::start();
        for run in both(&octopus, &[command]) {
            let run = run.file("not-executable", "#!/bin/sh\n");
            let run = run.executable("file", content).run();
            assert!(run.has(text), "{content:?}: {run:#?}");
            assert!(run.error().contains(command), "{content:?}: {run:#?}");
            run.expect_code(code);
        }
        assert_eq!(
            active_keys(&octopus),
            [PURPOSE],
            "{command}: only that of use"
        );
    }
}
