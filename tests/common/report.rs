//! Runs that do something with a key, and the report of it.

use std::fs;

use octopus_sim::Octopus;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Outcome, Runkey, delete};

/// What the programs of the tests call themselves.
pub const USER_AGENT: &str = "work.sh";

/// Makes an environment of this name with this key.
pub fn work(octopus: &Octopus, key: &str, name: &str) {
    let url = format!("{}/api/Spaces-1/environments", octopus.url());
    let answer = ureq::post(url)
        .header("X-Octopus-ApiKey", key)
        .header("User-Agent", USER_AGENT)
        .send(json!({ "Name": name }).to_string())
        .unwrap();
    assert_eq!(answer.status(), 201);
}

/// `runkey delete --report` for Alice's run, in a folder that stays: its outcome, and the report.
pub fn report(
    octopus: &Octopus,
    name: &str,
    change: impl FnOnce(Runkey<'_>) -> Runkey<'_>,
) -> (Outcome, String) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(name);
    let run = change(delete(octopus).args(["--report"]).args([&file])).run();
    let text = fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("there is a report: {error}\n{run:#?}"));
    super::assert_no_secret(octopus, &text);
    (run, text)
}

/// The JSON report of a step that succeeds.
pub fn json_report(octopus: &Octopus, change: impl FnOnce(Runkey<'_>) -> Runkey<'_>) -> Value {
    let (run, text) = report(octopus, "report.json", change);
    run.expect_code(0);
    serde_json::from_str(&text).unwrap()
}

/// The messages of the changes in a JSON report, oldest first.
pub fn messages(report: &Value) -> Vec<&str> {
    let changes = report["Changes"].as_array().unwrap();
    let messages = changes.iter().map(|change| change["Message"].as_str());
    messages.map(Option::unwrap).collect()
}
