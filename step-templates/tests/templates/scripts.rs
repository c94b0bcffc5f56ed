//! The scripts of both shells.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use step_templates::program::SYSTEMS;

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
        assert!(lines < 100, "{file} has {lines} lines");
        let mut own = script.lines().filter(|line| !line.contains("#{"));
        assert!(own.all(|line| line.len() <= 120), "{file}");
    }
}

/// What Octopus writes into a script, it escapes, and no secret is among it.
#[test]
fn only_escaped_values_are_written_into_a_script() {
    for (file, script) in all() {
        for line in script.lines().filter(|line| line.contains("#{")) {
            let expression = line.trim_start_matches(|letter| letter != '#');
            let expression = expression.trim_end_matches([',', '"']);
            assert!(expression.ends_with(" | JsonEscape}"), "{file}: {line}");
            for secret in [".ApiKey |", ".Output.ApiKey |", "Jwt", ".Script"] {
                assert!(!line.contains(secret), "{file}: {line}");
            }
        }
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
            let name = string(&parameter["Name"]);
            assert!(script.contains(name), "{file}: {name}");
        }
    }
}

#[test]
fn the_two_shells_read_and_set_the_same_variables() {
    let (bash, powershell) = (scripts("Bash"), scripts("PowerShell"));
    for ((file, bash), (_, powershell)) in bash.iter().zip(&powershell) {
        for beginnings in [
            ["RUNKEY_", "OCTOPUS_"].as_slice(),
            &["RunKey."],
            &["ApiKey", "RunBy", "RunId"],
        ] {
            let expected = words(powershell, beginnings);
            let mut read = words(bash, beginnings);
            read.remove("RUNKEY_END"); // The end of a here-document.
            assert_eq!(read, expected, "{file}");
            assert!(!expected.is_empty(), "{file}");
        }
    }
}

/// The scripts, profiles and modules of people have names of their own.
#[test]
fn every_name_of_a_script_s_own_carries_one_prefix() {
    // `ApiKey` is the user's script's to read.
    for (file, script) in scripts("Bash") {
        for line in script.lines().map(str::trim_start) {
            let letters = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let name: String = line.chars().take_while(|letter| letters(*letter)).collect();
            let rest = &line[name.len()..];
            let is_one = ["=", "+=", "()"].iter().any(|sign| rest.starts_with(sign));
            let ours = ["runkey_", "RUNKEY_", "OCTOPUS_", "IFS"];
            assert!(
                !is_one || name == "ApiKey" || ours.iter().any(|prefix| name.starts_with(prefix)),
                "{file}: {line}"
            );
            assert!(!line.contains("local "), "{file}: {line}");
        }
    }
    for (file, script) in scripts("PowerShell") {
        for (number, line) in script.lines().enumerate() {
            let line = line.trim_start();
            let place = format!("{file}: {} {line}", number + 1);
            if let Some(function) = line.strip_prefix("function ") {
                let noun = function.split_once('-').map(|(_, noun)| noun);
                assert!(
                    noun.is_some_and(|noun| noun.starts_with("RunKey")),
                    "{place}"
                );
            }
            for assigned in assigned_in_powershell(line) {
                let ours = ["runKey", "env:OCTOPUS_", "env:RUNKEY_"];
                let allowed = [
                    "ApiKey",
                    // In a function, which keeps them to itself.
                    "ErrorActionPreference",
                    "PSNativeCommandUseErrorActionPreference",
                ]
                .contains(&assigned)
                    || ours.iter().any(|prefix| assigned.starts_with(prefix));
                assert!(allowed, "{place}");
            }
        }
    }
}

/// The variables that a line assigns, declares as parameters or loops over.
fn assigned_in_powershell(line: &str) -> Vec<&str> {
    let mut parts = line.split('$');
    let mut before = parts.next().unwrap_or_default();
    let mut assigned = Vec::new();
    for part in parts {
        let letters = |letter: char| letter.is_ascii_alphanumeric() || "_:".contains(letter);
        let end = part.find(|letter| !letters(letter)).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let declares = line.starts_with("function ") && before.ends_with('(');
        if rest.starts_with(" = ") || rest.starts_with(" in ") || declares {
            assigned.push(name);
        }
        before = part;
    }
    assigned
}

/// In CI the program is there.
#[cfg(unix)]
#[test]
fn shellcheck_has_nothing_to_say() {
    for (file, script) in scripts("Bash") {
        let mut command = Command::new("shellcheck");
        command.args(["--shell=bash", "-"]).stdin(Stdio::piped());
        let Ok(mut shellcheck) = command.spawn() else {
            println!("Not run: this machine has no shellcheck.");
            return;
        };
        let mut input = shellcheck.stdin.take().expect("it is piped");
        input.write_all(script.as_bytes()).expect("it reads it");
        drop(input);
        assert!(shellcheck.wait().expect("it ends").success(), "{file}");
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

#[test]
fn scripts_look_for_every_program_of_the_package() {
    for system in &SYSTEMS {
        // PowerShell names a Linux program by the processor, `X64` or `Arm64`, in small letters.
        let is_linux = system.folder.starts_with("linux");
        let in_powershell = if is_linux {
            "\"linux-$($runKeyInfo::ProcessArchitecture)/runkey\"".to_owned()
        } else {
            format!("'{}'", system.path())
        };
        for (file, script) in scripts("PowerShell") {
            assert!(script.contains(&in_powershell), "{file}: {in_powershell}");
        }
        let in_bash = format!("system={}", system.folder);
        for (file, script) in scripts("Bash") {
            assert_eq!(script.contains(&in_bash), is_linux, "{file}: {in_bash}");
        }
    }
}
