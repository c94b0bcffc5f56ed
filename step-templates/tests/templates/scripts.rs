//! The scripts of both shells.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::{parameters, scripts, string, templates};

fn all() -> Vec<(&'static str, String)> {
    let mut all = scripts("Bash");
    all.extend(scripts("PowerShell"));
    all
}

/// The words in `script` that begin with one of `beginnings`.
fn words<'a>(script: &'a str, beginnings: &[&str]) -> BTreeSet<&'a str> {
    script
        .split(|letter: char| !letter.is_ascii_alphanumeric() && !"._".contains(letter))
        .filter(|word| {
            beginnings
                .iter()
                .any(|beginning| word.starts_with(beginning))
        })
        .collect()
}

#[test]
fn every_script_is_thin() {
    for (file, script) in all() {
        let lines = script.lines().count();
        assert!(lines < 60, "{file} has {lines} lines");
        assert!(script.lines().all(|line| line.len() <= 120), "{file}");
    }
}

#[test]
fn nothing_in_a_script_is_substituted() {
    for (file, script) in all() {
        assert!(!script.contains("#{"), "{file}");
    }
}

/// Windows PowerShell 5.1 reads a file without a byte-order mark in the machine's old code page.
#[test]
fn every_script_is_ascii_with_the_line_ends_of_unix() {
    for (file, script) in all() {
        assert!(script.is_ascii() && !script.contains('\r'), "{file}");
        assert!(
            script.ends_with('\n') && !script.ends_with("\n\n"),
            "{file}"
        );
    }
}

#[test]
fn every_parameter_is_read() {
    for (file, template) in templates() {
        let script = string(&template["Properties"]["Octopus.Action.Script.ScriptBody"]);
        for parameter in parameters(&template) {
            let name = string(&parameter["Name"]).rsplit('.').next();
            let name = name.expect("a name has a last part");
            let read = [
                format!("(get {name})"),
                format!("Get-Parameter '{name}'"),
                format!("RunKey.$step.{name}]"),
            ];
            assert!(
                read.iter().any(|read| script.contains(read)),
                "{file}: {name}"
            );
        }
    }
}

#[test]
fn the_two_shells_read_and_set_the_same_variables() {
    let (bash, powershell) = (scripts("Bash"), scripts("PowerShell"));
    for ((file, bash), (_, powershell)) in bash.iter().zip(&powershell) {
        for beginnings in [
            ["RUNKEY_", "OCTOPUS_"],
            ["Octopus.", "RunKey."],
            ["ApiKey", "Run"],
        ] {
            let expected = words(powershell, &beginnings);
            assert_eq!(words(bash, &beginnings), expected, "{file}");
            assert!(!expected.is_empty(), "{file}");
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_can_parse_its_scripts() {
    for (file, script) in scripts("Bash") {
        let mut bash = Command::new("bash")
            .arg("-n")
            .stdin(Stdio::piped())
            .spawn()
            .expect("Bash is here");
        let mut input = bash.stdin.take().expect("it is piped");
        input.write_all(script.as_bytes()).expect("Bash reads it");
        drop(input);
        assert!(bash.wait().expect("Bash ends").success(), "{file}");
    }
}
