//! The package: its entries, what its README says of them, and that it is reproducible.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

use std::fs::{self, File};
use std::path::PathBuf;

use step_templates::notices;
use step_templates::package::{file_name, write};
use step_templates::program::{Program, System};
use tempfile::TempDir;
use zip::ZipArchive;

const NOTICES: &str = "the notices";

/// Returns a program for each system, in place of a real one.
fn programs(folder: &TempDir) -> Vec<Program> {
    let programs = [
        ("win-x64", "MZ"),
        ("linux-x64", "\x7fELF GLIBC_2.2.5\0GLIBC_2.17\0"),
        ("linux-arm64", "\x7fELF"),
    ];
    let programs = programs.map(|(system, program)| {
        let file = folder.path().join(system);
        fs::write(&file, program).unwrap();
        format!("{system}={}", file.display()).parse().unwrap()
    });
    programs.into()
}

fn package(folder: &TempDir, programs: &[Program]) -> PathBuf {
    let package = folder.path().join(file_name());
    write(&package, programs, NOTICES).unwrap();
    package
}

fn open(package: PathBuf) -> ZipArchive<File> {
    ZipArchive::new(File::open(package).unwrap()).unwrap()
}

fn text(archive: &mut ZipArchive<File>, name: &str) -> String {
    std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

#[test]
fn contains_each_program_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = open(package(&folder, &programs(&folder)));
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
    assert_eq!(text(&mut archive, "win-x64/runkey.exe"), "MZ");
    assert_eq!(text(&mut archive, "THIRD-PARTY-NOTICES.md"), NOTICES);
}

#[test]
fn readme_names_each_program_and_its_glibc() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = open(package(&folder, &programs(&folder)));
    let readme = text(&mut archive, "README.md");
    let rows: Vec<_> = readme
        .lines()
        .filter(|line| line.contains("/runkey"))
        .collect();
    assert_eq!(
        rows,
        [
            "| `linux-arm64/runkey` | Linux on 64-bit ARM, any distribution |",
            "| `linux-x64/runkey` | Linux on x86-64 with glibc 2.17 or newer (not Alpine) |",
            "| `win-x64/runkey.exe` | Windows on x86-64 |",
        ]
    );
}

#[test]
fn readme_names_no_other_program() {
    let folder = tempfile::tempdir().unwrap();
    let mut programs = programs(&folder);
    programs.retain(|program| program.system.folder == "linux-x64");
    let mut archive = open(package(&folder, &programs));
    assert_eq!(archive.len(), 4);
    let readme = text(&mut archive, "README.md");
    assert!(readme.contains("linux-x64/runkey") && !readme.contains("win-x64"));
}

#[cfg(unix)]
#[test]
fn unpacked_programs_are_executable() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let unpacked = folder.path().join("unpacked");
    let mut archive = open(package(&folder, &programs(&folder)));
    archive.extract(&unpacked).unwrap();
    let mode = |name| {
        let metadata = fs::metadata(unpacked.join(name)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode("linux-arm64/runkey"), 0o755);
    assert_eq!(mode("linux-x64/runkey"), 0o755);
    assert_eq!(mode("README.md"), 0o644);
}

#[test]
fn same_programs_make_the_same_package() {
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
fn entries_are_stored_uncompressed() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = open(package(&folder, &programs(&folder)));
    for place in 0..archive.len() {
        let entry = archive.by_index(place).unwrap();
        assert_eq!(entry.compression(), zip::CompressionMethod::Stored);
    }
}

#[test]
fn file_name_contains_id_and_version() {
    let name = concat!("runkey.", env!("CARGO_PKG_VERSION"), ".zip");
    assert_eq!(file_name(), name);
}

#[test]
fn refuses_unknown_system_and_names_the_known() {
    let refusal = "linux-x86=runkey".parse::<Program>().unwrap_err();
    let expected = "expected one of the systems linux-arm64, linux-x64, win-x64";
    assert_eq!(refusal, expected);
}

#[test]
fn notices_contain_the_license_of_each_library() {
    let Some(system) = System::here() else { return };
    let notices = notices::collect(&[system.target]).unwrap();
    for (library, license) in [
        ("ureq", "Permission is hereby granted, free of charge"),
        ("ring", "Permission to use, copy, modify, and/or distribute"),
        (
            "subtle",
            "Redistribution and use in source and binary forms",
        ),
    ] {
        let section = notices.split("\n## ").find(|it| it.starts_with(library));
        assert!(section.unwrap().contains(license), "{library}");
    }
    assert!(!notices.contains("\n## tokio "), "it is only in tests");
}
