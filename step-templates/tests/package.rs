//! The package: what is in it, and that it is the same whenever it is made.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use step_templates::package::{Program, file_name, write};
use tempfile::TempDir;
use zip::ZipArchive;

/// A program for each system, in place of a real one.
fn programs(folder: &TempDir) -> Vec<Program> {
    ["win-x64", "linux-x64", "linux-arm64"]
        .map(|system| {
            let file = folder.path().join(system);
            fs::write(&file, format!("program of {system}")).unwrap();
            format!("{system}={}", file.display()).parse().unwrap()
        })
        .into()
}

fn package(folder: &TempDir, programs: &[Program]) -> PathBuf {
    let package = folder.path().join(file_name());
    write(&package, programs).unwrap();
    package
}

#[test]
fn every_system_has_its_program_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let package = package(&folder, &programs(&folder));
    let archive = ZipArchive::new(File::open(package).unwrap()).unwrap();
    let names: Vec<_> = archive.file_names().map(Result::unwrap).collect();
    assert_eq!(
        names,
        [
            "LICENSE",
            "README.md",
            "THIRD-PARTY-NOTICES.md",
            "linux-arm64/runkey",
            "linux-x64/runkey",
            "win-x64/runkey.exe"
        ]
    );
}

#[cfg(unix)]
#[test]
fn unzipped_programs_may_be_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let package = package(&folder, &programs(&folder));
    let unzipped = folder.path().join("unzipped");
    let mut archive = ZipArchive::new(File::open(package).unwrap()).unwrap();
    archive.extract(&unzipped).unwrap();
    let mode = |name| {
        fs::metadata(unzipped.join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("linux-arm64/runkey"), 0o755);
    assert_eq!(mode("linux-x64/runkey"), 0o755);
    assert_eq!(mode("README.md"), 0o644);
}

#[test]
fn the_same_programs_make_the_same_package() {
    let first = tempfile::tempdir().unwrap();
    let bytes = fs::read(package(&first, &programs(&first))).unwrap();

    let second = tempfile::tempdir().unwrap();
    let mut programs = programs(&second);
    programs.reverse();
    for program in &programs {
        let file = File::options().write(true).open(&program.file).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
    }
    assert_eq!(fs::read(package(&second, &programs)).unwrap(), bytes);
}

#[test]
fn a_package_may_hold_one_system_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut programs = programs(&folder);
    programs.retain(|program| program.system.folder == "linux-x64");
    let package = package(&folder, &programs);
    let mut archive = ZipArchive::new(File::open(package).unwrap()).unwrap();
    assert_eq!(archive.len(), 4);
    let program = std::io::read_to_string(archive.by_name("linux-x64/runkey").unwrap()).unwrap();
    assert_eq!(program, "program of linux-x64");
}

#[test]
fn nothing_in_the_package_must_be_inflated() {
    let folder = tempfile::tempdir().unwrap();
    let package = package(&folder, &programs(&folder));
    let mut archive = ZipArchive::new(File::open(package).unwrap()).unwrap();
    for place in 0..archive.len() {
        let entry = archive.by_index(place).unwrap();
        assert_eq!(entry.compression(), zip::CompressionMethod::Stored);
    }
}

#[test]
fn the_package_is_named_as_the_feed_wants_it() {
    assert_eq!(
        file_name(),
        concat!("runkey.", env!("CARGO_PKG_VERSION"), ".zip")
    );
}

#[test]
fn an_unknown_system_is_refused_by_name() {
    let refusal = "linux-x86=runkey".parse::<Program>().unwrap_err();
    assert_eq!(
        refusal,
        "'linux-x86' is none of the systems linux-arm64, linux-x64, win-x64"
    );
}

#[test]
fn systems_that_are_asked_for_cannot_be_given_as_programs_too() {
    let made = Command::new(env!("CARGO_BIN_EXE_step-templates"))
        .args([
            "package",
            "--systems",
            "linux-x64",
            "--program",
            "linux-x64=runkey",
        ])
        .output()
        .unwrap();
    assert_eq!(made.status.code(), Some(2));
}

/// On a machine whose only tool is a compiler that knows no other system than this one.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn systems_that_cannot_be_built_for_are_refused_together_before_anything_is_built() {
    let path = tempfile::tempdir().unwrap();
    let rustc = path.path().join("rustc");
    let script = "#!/bin/sh\necho 'host: x86_64-unknown-linux-gnu'\n";
    fs::write(&rustc, script).unwrap();
    let run = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&rustc, run).unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_step-templates"))
        .args(["package", "--systems", "linux-arm64,win-x64"])
        .env("PATH", path.path())
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stdout).unwrap();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(lines[0].starts_with("linux-arm64 left out: it needs "));
    assert!(lines[0].contains("cargo-zigbuild"), "{said}");
    assert_eq!(lines[1], "linux-x64   left out: not asked for");
    assert!(lines[2].contains("MinGW"), "{said}");
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(error.contains("linux-arm64, win-x64"), "{error}");
}
