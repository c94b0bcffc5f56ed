//! What COMMAND finds in its environment: the run's key under every name that Octopus's own tools
//! look for, and no other credential.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::collections::BTreeMap;

use common::{PURPOSE, Runkey, add_live_key, create, use_key};
use octopus_sim::{Octopus, RUNBOOK_SVC};

/// The names by which the tools look for a key: the official CLI, Terraform's provider, `octo`.
const KEYS: [&str; 3] = ["OCTOPUS_API_KEY", "OCTOPUS_APIKEY", "OCTOPUS_CLI_API_KEY"];
/// And for a server, the MCP server too.
const SERVERS: [&str; 4] = [
    "CLI_SERVER_URL",
    "OCTOPUS_CLI_SERVER",
    "OCTOPUS_SERVER_URL",
    "OCTOPUS_URL",
];
/// Other credentials.
const OTHERS: [&str; 3] = [
    "OCTOPUS_ACCESS_TOKEN",
    "OCTOPUS_CLI_PASSWORD",
    "OCTOPUS_CLI_USERNAME",
];

/// What COMMAND sees of these variables, seen without the harness, which refuses to see a key.
fn seen(run: Runkey<'_>) -> BTreeMap<String, String> {
    let (mut command, folder) = run.args(["--", "env"]).into_command();
    let output = command.output().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let variables = text.lines().filter_map(|line| line.split_once('='));
    variables
        .filter(|(name, _)| {
            ["OCTOPUS_", "CLI_", "RUNKEY_"]
                .iter()
                .any(|ours| name.starts_with(ours))
        })
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Every foreign name, set to what must not be seen.
fn with_foreign_names(run: Runkey<'_>) -> Runkey<'_> {
    let names = KEYS.iter().chain(&SERVERS).chain(&OTHERS);
    names
        .filter(|name| !["OCTOPUS_API_KEY", "OCTOPUS_URL", "OCTOPUS_ACCESS_TOKEN"].contains(name))
        .fold(run, |run, name| run.env(name, "of somebody else"))
        .env("RUNKEY_SOMETHING", "of runkey")
}

fn expected(octopus: &Octopus, key: &str) -> BTreeMap<String, String> {
    let keys = KEYS.map(|name| (name, key));
    let servers = SERVERS.map(|name| (name, octopus.url()));
    let others = OTHERS.map(|name| (name, ""));
    let all = keys.into_iter().chain(servers).chain(others);
    all.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn a_command_of_use_sees_the_runs_key_and_no_other() {
    let octopus = Octopus::start();
    let key = add_live_key(&octopus, PURPOSE).secret;
    let run = with_foreign_names(use_key(&octopus, &key));
    // Beside the run's key `use` has no need of a token, and heeds none.
    let run = run.env("OCTOPUS_ACCESS_TOKEN", octopus.access_token());
    assert_eq!(seen(run), expected(&octopus, &key));
}

#[test]
fn a_command_of_create_sees_the_runs_key_and_not_the_one_that_made_it() {
    let octopus = Octopus::start();
    let seen = seen(with_foreign_names(create(&octopus)));
    let key = &seen["OCTOPUS_API_KEY"];
    assert_ne!(key, octopus.service_key());
    assert!(octopus.every_secret().contains(key));
    assert_eq!(seen, expected(&octopus, key));
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1, "it is revoked by now");
}

#[test]
fn a_token_that_made_the_key_is_not_the_commands() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token());
    let seen = seen(run);
    assert_eq!(seen["OCTOPUS_ACCESS_TOKEN"], "");
}

#[test]
fn the_space_is_handed_on_if_it_is_given() {
    let octopus = Octopus::start();
    let given = seen(create(&octopus).args(["--space", "Default"]));
    assert_eq!(given["OCTOPUS_SPACE"], "Default");
    assert!(!seen(create(&octopus)).contains_key("OCTOPUS_SPACE"));
}
