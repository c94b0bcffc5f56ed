//! The package for Octopus's built-in feed: a zip file with runkey for each system.
//!
//! The same programs make the same file, byte for byte, on every machine and at any time.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use color_eyre::eyre::{OptionExt as _, Result, WrapErr as _, ensure};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::folder;
use crate::program::{Program, SYSTEMS, System};

const LICENSE: &str = include_str!("../../LICENSE");
const README: &str = include_str!("../package-readme.md");

/// Returns the package's file name, from which Octopus reads its ID and its version.
#[must_use]
pub fn file_name() -> String {
    format!("runkey.{}.zip", env!("CARGO_PKG_VERSION"))
}

/// Returns where [`make`] writes the package.
#[must_use]
pub fn path() -> PathBuf {
    folder().with_file_name("dist").join(file_name())
}

/// Returns the systems that a package contains the program for, such as `linux-x64, win-x64`.
///
/// # Errors
/// When the file is not a zip file.
pub fn systems_in(package: &Path) -> Result<String> {
    let unreadable = || format!("Cannot read {}", package.display());
    let file = File::open(package).wrap_err_with(unreadable)?;
    let archive = ZipArchive::new(file).wrap_err_with(unreadable)?;
    let is_in = |system: &&System| archive.index_for_name(&system.path()).is_some();
    let systems = SYSTEMS.iter().filter(is_in).map(|system| system.folder);
    Ok(systems.collect::<Vec<_>>().join(", "))
}

/// Makes the package with these programs, or else with one that it builds for this system.
///
/// # Errors
/// When cargo fails, a program cannot be read, or the package cannot be written.
pub fn make(mut programs: Vec<Program>) -> Result<()> {
    if programs.is_empty() {
        programs.push(build()?);
    }
    let targets: Vec<_> = programs.iter().map(|it| it.system.target).collect();
    let notices = crate::notices::collect(&targets)?;
    let package = path();
    fs::create_dir_all(package.with_file_name(""))?;
    write(&package, &programs, &notices)?;
    println!("{}: {}", package.display(), systems_in(&package)?);
    Ok(())
}

fn build() -> Result<Program> {
    let system = System::here().ok_or_eyre("The package has no program for this system.")?;
    let workspace = folder().with_file_name("");
    let mut cargo = Command::new("cargo");
    // What `cargo run` set for this program: ring's build script would compile again what
    // `cargo install` compiled.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(name);
        }
    }
    let status = cargo
        .args(["build", "--release", "--locked", "--package", "runkey"])
        .current_dir(&workspace)
        .status()
        .wrap_err("Cannot run cargo")?;
    ensure!(status.success(), "cargo build failed.");
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into());
    let file = workspace.join(target).join("release").join(system.program);
    Ok(Program { system, file })
}

/// Writes the package with these programs and the notices of the libraries in them.
///
/// # Errors
/// When a program cannot be read, or the package cannot be written.
pub fn write(package: &Path, programs: &[Program], notices: &str) -> Result<()> {
    let mut rows = Vec::new();
    let mut entries = Vec::new();
    for program in programs {
        let (system, file) = (program.system, &program.file);
        let unreadable = || format!("Cannot read {}", file.display());
        let bytes = fs::read(file).wrap_err_with(unreadable)?;
        rows.push(system.describe(&bytes));
        entries.push((system.path(), bytes, 0o755));
    }
    rows.sort();
    let readme = README.replace("{programs}", &rows.join("\n"));
    for (name, text) in [
        ("LICENSE", LICENSE),
        ("README.md", &readme),
        ("THIRD-PARTY-NOTICES.md", notices),
    ] {
        entries.push((name.to_owned(), text.into(), 0o644));
    }
    entries.sort();

    let unwritable = || format!("Cannot write {}", package.display());
    let mut zip = ZipWriter::new(File::create(package).wrap_err_with(unwritable)?);
    for (name, bytes, mode) in &entries {
        let started = zip.start_file(name, options(*mode));
        started.wrap_err_with(unwritable)?;
        zip.write_all(bytes).wrap_err_with(unwritable)?;
    }
    zip.finish().wrap_err_with(unwritable)?;
    Ok(())
}

fn options(mode: u32) -> SimpleFileOptions {
    SimpleFileOptions::default()
        // Every step of every run unpacks the package: inflating takes twice as long.
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(mode)
        // The oldest time that a zip file can hold, not the present.
        .last_modified_time(DateTime::default())
}
