//! The search that docs/attribution.md shows finds the changes of one run, and of no other.

use std::fs;
use std::path::Path;
use std::process::Command;

use octopus_sim::{Event, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC};

use super::{is_installed, read};
use crate::support::{PURPOSE, RUN};

const CREATED: &str = "created Wed, 25 Nov 2026 10:00:00 GMT";

#[test]
fn documented_search_finds_exactly_one_run() {
    if let Some(missing) = ["bash", "curl", "jq"]
        .into_iter()
        .find(|program| !is_installed(program))
    {
        println!("Not run, since {missing} is not installed: the documented search.");
        return;
    }
    let octopus = Octopus::start();
    let ours = [PURPOSE.to_owned(), format!("Eve' {CREATED} [runkey {RUN}]")];
    let others = [
        format!("Eve [runkey {RUN}] x"),
        format!("Eve [runkey {RUN}]' {CREATED}"),
        format!("Eve [runkey {RUN}]' {CREATED}' [runkey ServerTasks-9]"),
        format!("Eve [runkey {RUN}0]"),
        format!("Eve [runkey {RUN}.Machines-7]"),
        format!("Eve [runkey {RUN}~0a1b2c3d]"),
        format!("Eve [runkey ServerTasks-9 [runkey {RUN}"),
        format!("[runkey {RUN}]"),
    ];
    for (number, purpose) in ours.iter().enumerate() {
        add_change(&octopus, RUNBOOK_SVC, purpose, &format!("ours {number}"));
    }
    for purpose in &others {
        add_change(&octopus, RUNBOOK_SVC, purpose, "another run's");
    }
    add_change(&octopus, RUNBOOK_ALICE, PURPOSE, "another account's");
    let found = search(&octopus);
    let messages: Vec<_> = found
        .lines()
        .filter_map(|line| line.rsplit('\t').next())
        .collect();
    assert_eq!(messages, ["ours 1", "ours 0"], "{found}");
}

fn add_change(octopus: &Octopus, owner: &str, purpose: &str, message: &str) {
    let identity = format!("API key '{purpose}' {CREATED}");
    octopus.add_event(Event {
        category: "Modified".to_owned(),
        user_id: owner.to_owned(),
        identity_established_with: identity,
        message: message.to_owned(),
        ..octopus.events()[0].clone()
    });
}

/// What the script on the page prints.
fn search(octopus: &Octopus) -> String {
    let page = read(Path::new("docs/attribution.md"));
    let (_, script) = page.split_once("<!-- search.sh -->\n```bash\n").unwrap();
    let (script, _) = script.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("search.sh");
    fs::write(&file, script).unwrap();
    let output = Command::new("bash")
        .arg(file)
        .args([RUN, RUNBOOK_SVC])
        .env("OCTOPUS_URL", octopus.url())
        .env("OCTOPUS_API_KEY", octopus.admin_key())
        .env("NO_PROXY", "*")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
