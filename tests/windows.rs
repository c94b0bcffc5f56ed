//! runkey.exe itself, run under Wine by `.ci/wine`, which names it in `RUNKEY_PROGRAM`: what is
//! particular to Windows is the child process of `use`, and the system's certificates.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::collections::BTreeMap;

use common::{PURPOSE, Runkey, add_live_key, create, delete, requests, use_key};
use octopus_sim::{Octopus, RUNBOOK_SVC, Settings};

/// `runkey use` with a key that works, and a command. The program `show.exe` is beside runkey.exe.
fn command<'a>(octopus: &'a Octopus, command: &[&str]) -> Runkey<'a> {
    let key = add_live_key(octopus, PURPOSE).secret;
    let options = ["--output", "text", "--"];
    use_key(octopus, &key).args(options).args(command)
}

/// What `show.exe` printed of this kind, seen without the harness, which refuses to see the key.
fn shown(run: Runkey<'_>, kind: &str) -> Vec<String> {
    let (mut command, folder) = run.into_command();
    let output = command.output().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix(kind));
    lines.map(|line| line[1..].to_owned()).collect()
}

#[test]
#[ignore = "needs Wine: run .ci/wine"]
fn create_hands_over_a_key_that_works() {
    let octopus = Octopus::start();
    let run = create(&octopus).run().expect_code(0);
    let names: Vec<_> = run
        .messages()
        .into_iter()
        .filter_map(|message| message.get("name").map(str::to_owned))
        .collect();
    assert_eq!(
        names,
        [
            "ApiKey",
            "ApiKeyId",
            "ApiKeyPurpose",
            "ApiKeyExpires",
            "ApiKeyOwnerId"
        ]
    );
    assert_eq!(octopus.keys(RUNBOOK_SVC)[1].purpose, PURPOSE);

    let key = run.variable("ApiKey").unwrap();
    use_key(&octopus, &key).run().expect_code(0);
}

#[test]
#[ignore = "needs Wine: run .ci/wine"]
fn a_persons_name_keeps_its_letters() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .env("RUNKEY_RUN_BY", "Zoë Łukasz 李 (zoe)")
        .args(["--output", "text"]);
    run.run().expect_code(0).expect_text("Zoë Łukasz 李 (zoe)");
    let purpose = &octopus.keys(RUNBOOK_SVC)[1].purpose;
    assert_eq!(purpose, "Zoë Łukasz 李 (zoe) [runkey ServerTasks-123]");
}

#[test]
#[ignore = "needs Wine: run .ci/wine"]
fn delete_revokes_the_key_of_the_run_alone() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    add_live_key(&octopus, "Bob Ng (bob) [runkey ServerTasks-124]");
    delete(&octopus).run().expect_code(0);
    let keys = octopus.keys(RUNBOOK_SVC);
    let purposes: Vec<_> = keys.iter().map(|key| key.purpose.as_str()).collect();
    assert_eq!(
        purposes,
        ["Runbooks", "Bob Ng (bob) [runkey ServerTasks-124]"]
    );
}

#[test]
#[ignore = "needs Wine: run .ci/wine"]
fn a_certificate_is_trusted_only_with_its_ca_file() {
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
#[ignore = "needs Wine: run .ci/wine"]
fn arguments_reach_the_command_untouched() {
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
#[ignore = "needs Wine: run .ci/wine"]
fn the_command_has_the_key_and_nothing_that_is_runkeys_own() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE).secret;
    let run = use_key(&octopus, &key)
        .args(["--output", "text", "--space", "Spaces-1", "--"])
        .args(["show.exe"]);
    let variables = shown(run, "variable");
    let variables: BTreeMap<_, _> = variables
        .iter()
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| {
            let name = name.to_uppercase();
            name.starts_with("OCTOPUS_") || name.starts_with("RUNKEY_")
        })
        .collect();
    let expected = [
        ("OCTOPUS_ACCESS_TOKEN", ""),
        ("OCTOPUS_APIKEY", key.as_str()),
        ("OCTOPUS_API_KEY", key.as_str()),
        ("OCTOPUS_CLI_API_KEY", key.as_str()),
        ("OCTOPUS_CLI_PASSWORD", ""),
        ("OCTOPUS_CLI_SERVER", octopus.url()),
        ("OCTOPUS_CLI_USERNAME", ""),
        ("OCTOPUS_SERVER_URL", octopus.url()),
        ("OCTOPUS_SPACE", "Spaces-1"),
        ("OCTOPUS_URL", octopus.url()),
    ];
    assert_eq!(variables, BTreeMap::from(expected));
}

#[test]
#[ignore = "needs Wine: run .ci/wine"]
fn the_exit_code_is_the_commands() {
    let octopus = Octopus::start();
    let run = command(&octopus, &["cmd", "/c", "exit 7"]);
    run.run().expect_code(7);
}

#[test]
#[ignore = "needs Wine: run .ci/wine"]
fn an_exit_code_of_more_than_a_byte_is_passed_on_whole() {
    let octopus = Octopus::start();
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
#[ignore = "needs Wine: run .ci/wine"]
fn a_command_that_is_missing_or_damaged_or_has_a_dead_key_is_not_run() {
    let octopus = Octopus::start();
    command(&octopus, &["no-such-command"])
        .run()
        .expect_code(127)
        .expect_text("was not found");
    command(&octopus, &[r".\damaged.exe"])
        .file("damaged.exe", "no program")
        .run()
        .expect_code(126)
        .expect_text("cannot be run");
    use_key(&octopus, "API-REVOKED")
        .args(["--", "show.exe"])
        .run()
        .expect_code(125)
        .expect_text("The key is dead");
}

#[test]
#[ignore = "needs Wine: run .ci/wine"]
fn the_workers_log_is_in_the_oem_code_page() {
    let octopus = Octopus::start();
    let (mut command, folder) = create(&octopus)
        .env("RUNKEY_RUN_BY", "Zoë Łukasz ＃ 李 (zoe)")
        .into_command();
    let output = command.output().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert!(output.status.success(), "{output:?}");
    // Code page 437, which is Wine's: it has ë, and none of the others.
    let line = b"Made a key for Zo\x89 ?ukasz ? ? (zoe), run ServerTasks-123.";
    let found = output.stdout.windows(line.len()).any(|part| part == line);
    assert!(found, "{}", String::from_utf8_lossy(&output.stdout));
    let purpose = &octopus.keys(RUNBOOK_SVC)[1].purpose;
    assert_eq!(purpose, "Zoë Łukasz ＃ 李 (zoe) [runkey ServerTasks-123]");
}

#[test]
#[ignore = "needs Wine: run .ci/wine"]
fn a_command_is_found_by_the_endings_that_a_shell_tries() {
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
#[ignore = "needs Wine: run .ci/wine"]
fn a_run_in_one_step_has_its_commands_exit_code_and_leaves_no_key() {
    let octopus = Octopus::start();
    let one_step = |command: &[&str]| create(&octopus).args(["--"]).args(command).run();
    one_step(&["cmd", "/c", "exit 7"])
        .expect_code(7)
        .expect_text("Revoked the key of Alice King (alice), run ServerTasks-123-");
    one_step(&["no-such-command"]).expect_code(127);
    assert!(common::live_keys(&octopus).is_empty());
    assert_eq!(octopus.events().len(), 4, "two keys were made and revoked");
}
