//! What an operator sees in each situation: a server, a command line for a shell, where Alice's run and
//! the service account key are set; exit code, output, requests, and the keys that are left.
//!
//! A situation is a title and its commands in one of the files in `situations`. What follows a command
//! is written by `INSTA_UPDATE=always cargo test -p runkey --test it situations`.

mod server;

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, thread};

use octopus_sim::{OIDC_SUBJECT, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC};

use crate::support::running::{in_shell, start_command};
use crate::support::server::active_keys;
use crate::support::{Runkey, address, assert_clean, create, masked, transcript};

#[test]
fn wrong_settings_read_well() {
    check("settings");
}

#[test]
fn values_of_variables_read_well() {
    check("variables");
}

#[test]
fn credentials_read_well() {
    check("credentials");
}

#[test]
fn connections_read_well() {
    check("connection");
}

#[test]
fn create_reads_well() {
    check("create");
}

#[test]
fn use_reads_well() {
    check("use");
}

#[test]
fn delete_reads_well() {
    check("delete");
}

#[test]
fn cleanup_reads_well() {
    check("cleanup");
}

#[test]
fn one_command_reads_well() {
    check("one_command");
}

#[test]
fn preflight_reads_well() {
    check("preflight");
}

/// Plays the situations of a file, and compares the file with what came of them.
#[track_caller]
fn check(topic: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/situations");
    let file = fs::read_to_string(folder.join(format!("{topic}.snap"))).unwrap();
    let (_, situations) = file.split_once("\n---\n").unwrap();
    let texts = thread::scope(|scope| {
        let mut title = "";
        let mut threads = Vec::new();
        for line in situations.lines() {
            if line.starts_with("## ") {
                title = line;
                threads.push(scope.spawn(|| line.to_owned()));
            } else if let Some(command) = line.strip_prefix("$ ") {
                threads.push(scope.spawn(move || play(title, command)));
            }
        }
        let texts = threads.into_iter().map(|thread| thread.join().unwrap());
        texts.collect::<Vec<_>>()
    });
    for text in texts
        .iter()
        .filter(|text| !situations.contains(text.trim_end()))
    {
        println!("Not as in {topic}.snap: {}", text.lines().next().unwrap());
    }
    insta::with_settings!({
        snapshot_path => "situations",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(topic, texts.join("\n"));
    });
}

/// The command, and what came of it on the server that the title's parentheses describe.
fn play(title: &str, command: &str) -> String {
    let words = title
        .strip_suffix(')')
        .and_then(|title| title.split_once(" ("));
    let words = words.map_or("", |(_, words)| words);
    let (octopus, key) = server::start(words);
    let mut run = create(&octopus).env("RUNKEY_OUTPUT", "text");
    for word in words.split("; ") {
        run = match word {
            "in a step" => run.without("RUNKEY_OUTPUT"),
            "no run" => run.without("RUNKEY_RUN_BY").without("RUNKEY_RUN_ID"),
            _ => run,
        };
    }
    let account = octopus.service_account_id(RUNBOOK_SVC);
    let token = |subject| octopus.issue_id_token("", subject, &account);
    let mut variables = vec![
        ("HOST", address(&octopus).to_string()),
        ("ID_TOKEN", token(OIDC_SUBJECT)),
        ("OTHER_TOKEN", token("space:other")),
        ("ACCESS_TOKEN", octopus.access_token().to_owned()),
        ("ADMIN_KEY", octopus.admin_key().to_owned()),
        ("ALICES_KEY", octopus.key_of_alice().to_owned()),
        ("ACCOUNT", account.clone()),
    ];
    if let Some(key) = key {
        variables.extend([("KEY_ID", key.id), ("KEY", key.secret)]);
    }
    for (name, value) in variables {
        if command.contains(&format!("${name}")) {
            run = run.env(name, value);
        }
    }
    format!("$ {command}\n{}\n", outcome(&octopus, run, command))
}

fn outcome(octopus: &Octopus, run: Runkey<'_>, command: &str) -> String {
    let script = format!("PATH=${{1%/*}}:$PATH; {command}");
    let outcome = start_command(in_shell(run, &script)).end();
    assert_clean(octopus, &outcome);
    // A password or a key in what was typed.
    assert!(!outcome.has("hunter2"), "{outcome:#?}");
    let text = transcript(octopus, &outcome);
    let (shown, requests) = text.split_once("--- requests\n").unwrap();
    let mut requests: Vec<_> = requests.lines().collect();
    let mut keys = active_keys(octopus);
    let of_others = octopus.keys(RUNBOOK_ALICE).into_iter();
    keys.extend(of_others.map(|key| format!("{}: {}", key.owner, key.purpose)));
    if command.contains("--retry-for") {
        // How many attempts there are depends on the machine.
        requests.dedup();
        keys.dedup();
    }
    let keys = masked(octopus, &keys.join("\n"));
    let requests = requests.join("\n");
    let mut text = shown.trim_end().to_owned();
    for (name, lines) in [("requests", requests), ("keys", keys)] {
        if !lines.is_empty() {
            write!(text, "\n--- {name}\n{}", lines.trim_end()).unwrap();
        }
    }
    text
}
