//! The report's file: attached, only for its owner, whole or not at all, and never in the place of
//! another.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::fs;
use std::path::Path;

use common::{Outcome, PURPOSE, add_live_key, delete};
use octopus_sim::{Octopus, RUNBOOK_SVC};
use tempfile::TempDir;

/// Ends Alice's run with a report into this file; the key must go, whatever comes of the report.
fn report_into(file: &Path) -> Outcome {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    let run = delete(&octopus)
        .args(["--report"])
        .args([file])
        .run()
        .expect_code(0);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
    run
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn the_file_is_attached_to_the_task() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("report.html");
    let run = report_into(&file);
    let messages = run.messages();
    let artifact = messages
        .iter()
        .find(|message| message.name == "createArtifact")
        .unwrap();
    assert_eq!(artifact.get("path"), file.to_str());
    assert_eq!(artifact.get("name"), Some("report.html"));
    let length = fs::metadata(&file).unwrap().len().to_string();
    assert_eq!(artifact.get("length"), Some(length.as_str()));
    assert_eq!(
        names_in(&folder),
        ["report.html"],
        "no draft is left behind"
    );
}

#[test]
fn a_relative_name_is_attached_by_its_full_path() {
    let octopus = Octopus::start();
    let (mut command, folder) = delete(&octopus)
        .env("RUNKEY_REPORT", "report.html")
        .into_command();
    let run = Outcome::new(&command.output().unwrap());
    let folder = fs::canonicalize(folder).unwrap();
    let messages = run.messages();
    let path = messages.iter().find_map(|message| message.get("path"));
    assert_eq!(path, folder.join("report.html").to_str());
    fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("report.json");
    report_into(&file);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_earlier_report_is_replaced() {
    let folder = TempDir::new().unwrap();
    for name in ["report.html", "report.json"] {
        let file = folder.path().join(name);
        report_into(&file);
        let first = fs::read(&file).unwrap();
        report_into(&file);
        assert_ne!(fs::read(&file).unwrap(), first, "another server's port");
    }
}

#[test]
fn a_report_of_another_version_is_replaced() {
    let folder = TempDir::new().unwrap();
    for (name, content) in [
        (
            "report.html",
            "<!doctype html>\n<!-- runkey audit report 1 -->\n<p>",
        ),
        (
            "report.json",
            "{\n  \"Format\": \"runkey audit report 1\",\n}",
        ),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, content).unwrap();
        report_into(&file);
        assert_ne!(fs::read_to_string(&file).unwrap(), content);
    }
}

#[test]
fn any_other_file_stays_as_it_is() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("report.html");
    for content in [
        &b""[..],
        b"<!doctype html>\n<title>Mine</title>",
        b"\xff\xfe",
        b"{\"Format\": \"runkey\"}",
    ] {
        fs::write(&file, content).unwrap();
        report_into(&file).expect_text("is there already and is no report of runkey's");
        assert_eq!(fs::read(&file).unwrap(), content);
    }
}

#[test]
fn a_folder_a_link_or_a_missing_folder_is_no_place_for_it() {
    let folder = TempDir::new().unwrap();
    let directory = folder.path().join("folder.html");
    fs::create_dir(&directory).unwrap();
    report_into(&directory).expect_text("is there already");
    report_into(&folder.path().join("missing/report.html")).expect_text("cannot be made");
    #[cfg(unix)]
    {
        let link = folder.path().join("link.html");
        std::os::unix::fs::symlink("/dev/null", &link).unwrap();
        report_into(&link).expect_text("is there already");
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_costs_the_report_and_leaves_no_half_of_it() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    let folder = TempDir::new().unwrap();
    let (command, own_folder) = delete(&octopus).into_command();
    // No file may grow beyond this, as on a disk that has so much left.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" delete --report \"$1/report.html\"";
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", script, common::program()])
        .arg(folder.path())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    let run = Outcome::new(&shell.output().unwrap()).expect_code(0);
    fs::remove_dir_all(own_folder).unwrap();
    run.expect_text("cannot be written");
    assert!(names_in(&folder).is_empty());
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}
