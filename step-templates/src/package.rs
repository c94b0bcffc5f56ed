//! The package for Octopus's built-in feed: a zip file with runkey for every system.
//!
//! The same programs make the same file, byte for byte, wherever and whenever it is made.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use color_eyre::eyre::{Result, WrapErr as _, ensure};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::folder;
use crate::systems::{SYSTEMS, System};

const LICENSE: &str = include_str!("../../LICENSE");
const README: &str = include_str!("../package-readme.md");

/// A built program and the system that it is for.
#[derive(Clone, Debug)]
pub struct Program {
    /// The system that it runs on.
    pub system: &'static System,
    /// Where it is now.
    pub file: PathBuf,
}

impl FromStr for Program {
    type Err = String;

    /// Reads `linux-x64=target/release/runkey`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (folder, file) = text.split_once('=').ok_or("a SYSTEM=FILE is needed")?;
        let system = System::of_folder(folder).ok_or_else(|| {
            let known = SYSTEMS.map(|system| system.folder).join(", ");
            format!("'{folder}' is none of the systems {known}")
        })?;
        Ok(Self {
            system,
            file: file.into(),
        })
    }
}

/// The package's file name, from which Octopus reads its id and its version.
#[must_use]
pub fn file_name() -> String {
    format!("runkey.{}.zip", env!("CARGO_PKG_VERSION"))
}

/// Builds the program for every system, and puts them into the folder `into`.
///
/// # Errors
/// When a tool that it takes is missing; its message says how to install it.
pub fn build(into: &Path) -> Result<Vec<Program>> {
    let program = |system: &'static System| {
        let file = into.join(system.path());
        let status = Command::new(folder().join("build-program.sh"))
            .arg(system.target)
            .arg(&file)
            .status()
            .wrap_err("build-program.sh cannot be run; it needs Bash")?;
        ensure!(
            status.success(),
            "there is no program for {}",
            system.folder
        );
        Ok(Program { system, file })
    };
    SYSTEMS.iter().map(program).collect()
}

/// Writes the package with these programs.
///
/// # Errors
/// When a program cannot be read, or the package cannot be written.
pub fn write(package: &Path, programs: &[Program]) -> Result<()> {
    let mut entries = vec![
        ("LICENSE".to_owned(), LICENSE.into(), 0o644),
        ("README.md".to_owned(), README.into(), 0o644),
    ];
    for Program { system, file } in programs {
        let bytes =
            fs::read(file).wrap_err_with(|| format!("{} cannot be read", file.display()))?;
        entries.push((system.path(), bytes, 0o755));
    }
    entries.sort();

    let unwritable = || format!("{} cannot be written", package.display());
    let mut zip = ZipWriter::new(File::create(package).wrap_err_with(unwritable)?);
    for (name, bytes, mode) in &entries {
        zip.start_file(name, options(*mode))
            .wrap_err_with(unwritable)?;
        zip.write_all(bytes).wrap_err_with(unwritable)?;
    }
    zip.finish().wrap_err_with(unwritable)?;
    Ok(())
}

fn options(mode: u32) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .unix_permissions(mode)
        // The oldest time that a zip file can hold, instead of the present.
        .last_modified_time(DateTime::default())
}
