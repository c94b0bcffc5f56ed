//! runkey.exe itself, run under Wine by `.ci/package`, which names it in `RUNKEY_PROGRAM`: the child
//! process of `use`, the worker's code page, and certificates.

use std::collections::BTreeMap;

use octopus_sim::{Octopus, RUNBOOK_SVC, Settings};

use super::support::server::{active_keys, add_key, requests};
use super::support::{PURPOSE, Runkey, create, delete, use_key};

/// `runkey use` with a valid key, and a command. The program `show.exe` is beside runkey.exe.
fn command<'a>(octopus: &'a Octopus, command: &[&str]) -> Runkey<'a> {
    let key = add_key(octopus, PURPOSE).secret;
    let options = ["--output", "text", "--"];
    use_key(octopus, &key).args(options).args(command)
}

/// What `show.exe` printed of this kind, seen without the harness, which refuses to see the key.
fn shown(run: Runkey<'_>, kind: &str) -> Vec<String> {
    let (mut command, _folder) = run.into_command();
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix(kind));
    lines.map(|line| line[1..].to_owned()).collect()
}

#[test]
#[ignore = "needs Wine: run .ci/package"]
fn keeps_letters_of_a_name() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .env("RUNKEY_RUN_BY", "Zoë Łukasz 李 (zoe)")
        .args(["--output", "text"]);
    run.run().expect_code(0).expect_text("Zoë Łukasz 李 (zoe)");
    let purpose = &octopus.keys(RUNBOOK_SVC)[1].purpose;
    assert_eq!(purpose, "Zoë Łukasz 李 (zoe) [runkey ServerTasks-123]");
}

#[test]
#[ignore = "needs Wine: run .ci/package"]
fn trusts_certificate_with_its_ca_file_only() {
    let settings = Settings {
        tls: true,
        ..Settings::default()
    };
    let octopus = settings.start();
    create(&octopus).run().expect_code(0);
    delete(&octopus).run().expect_code(0);
    octopus.forget_requests();

    let distrustful = create(&octopus).without("RUNKEY_CA_FILE");
    distrustful.run().expect_code(1).expect_text("certificate");
    assert!(requests(&octopus).is_empty());
}

#[test]
#[ignore = "needs Wine: run .ci/package"]
fn passes_arguments_to_the_command_as_they_are() {
    let octopus = Octopus::start();
    let arguments = [
        "two words",
        "'single' \"double\"",
        "",
        r"C:\folder\",
        r"C:\two words\",
        r#"a\"b"#,
        "%PATH% ^ & | < >",
        "--verbose",
        "--",
    ];
    let run = command(&octopus, &["show.exe"]).args(arguments);
    assert_eq!(shown(run, "argument"), arguments);
}

#[test]
#[ignore = "needs Wine: run .ci/package"]
fn gives_the_command_the_key_and_nothing_of_runkey() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE).secret;
    let run = use_key(&octopus, &key)
        .args(["--output", "text", "--space", "Spaces-1", "--"])
        .args(["show.exe"]);
    let variables = shown(run, "variable");
    let variables: BTreeMap<_, _> = variables
        .iter()
        .filter_map(|line| line.split_once('='))
        .collect();
    for (name, value) in [
        ("OCTOPUS_ACCESS_TOKEN", ""),
        ("OCTOPUS_APIKEY", key.as_str()),
        ("OCTOPUS_API_KEY", key.as_str()),
        ("OCTOPUS_SPACE", "Spaces-1"),
        ("OCTOPUS_URL", octopus.url()),
    ] {
        // Windows itself has no empty variables.
        let found = variables.get(name).copied().unwrap_or_default();
        assert_eq!(found, value, "{name}");
    }
    let of_runkey = |name: &&&str| name.to_uppercase().starts_with("RUNKEY_");
    assert_eq!(variables.keys().find(of_runkey), None);
}

#[test]
#[ignore = "needs Wine: run .ci/package"]
fn passes_exit_codes_of_the_command() {
    let octopus = Octopus::start();
    let run = command(&octopus, &["cmd", "/c", "exit 7"]);
    run.run().expect_code(7);
    let batch = "@runkey.exe use --no-check -- cmd /c exit 70000\r\n\
                 @echo code %errorlevel%\r\n\
                 @exit 0\r\n";
    command(&octopus, &[r".\outer.cmd"])
        .file("outer.cmd", batch)
        .run()
        .expect_code(0)
        .expect_text("code 70000");
}

#[test]
#[ignore = "needs Wine: run .ci/package"]
fn does_not_run_what_is_missing_or_damaged() {
    let octopus = Octopus::start();
    command(&octopus, &["no-such-command"])
        .run()
        .expect_code(127)
        .expect_text("not found");
    command(&octopus, &[r".\damaged.exe"])
        .file("damaged.exe", "no program")
        .run()
        .expect_code(126)
        .expect_text("Cannot run");
    use_key(&octopus, "API-REVOKED")
        .args(["--", "show.exe"])
        .run()
        .expect_code(125)
        .expect_text("no longer valid");
}

#[test]
#[ignore = "needs Wine: run .ci/package"]
fn writes_log_in_the_oem_code_page() {
    let octopus = Octopus::start();
    let (mut command, _folder) = create(&octopus)
        .env("RUNKEY_RUN_BY", "Zoë Łukasz ＃ 李 (zoe)")
        .into_command();
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    // Code page 437, which is Wine's: it has ë, and none of the others.
    let line = b"\"Zo\x89 ?ukasz ? ? (zoe)\"";
    let found = output.stdout.windows(line.len()).any(|part| part == line);
    assert!(found, "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[ignore = "needs Wine: run .ci/package"]
fn finds_command_by_the_endings_that_a_shell_tries() {
    let octopus = Octopus::start();
    let batch = "@echo this is npx.cmd %1\r\n@exit 6\r\n";
    let run = command(&octopus, &["npx", "-y"]).file("npx.cmd", batch);
    let folder = format!("Z:{}", run.folder().display());
    run.env("WINEPATH", folder)
        .run()
        .expect_code(6)
        .expect_text("this is npx.cmd -y");
}

#[test]
#[ignore = "needs Wine: run .ci/package"]
fn one_command_leaves_no_key() {
    let octopus = Octopus::start();
    let one_command = |command: &[&str]| create(&octopus).args(["--"]).args(command).run();
    one_command(&["cmd", "/c", "exit 7"])
        .expect_code(7)
        .expect_text("Revoked API key ");
    one_command(&["no-such-command"]).expect_code(127);
    assert!(active_keys(&octopus).is_empty());
}
