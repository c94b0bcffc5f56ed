//! The package for Octopus's built-in feed: a zip file with runkey for every system.
//!
//! The same programs make the same file, byte for byte, wherever and whenever it is made.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use color_eyre::eyre::{Result, WrapErr as _, bail};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::compile::compile;
use crate::folder;
use crate::recipe::{Missing, Recipe};
use crate::systems::{SYSTEMS, System};
use crate::toolbox::Toolbox;

const LICENSE: &str = include_str!("../../LICENSE");
const README: &str = include_str!("../package-readme.md");
const NOTICES: &str = include_str!("../third-party-notices.md");

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
        Ok(Self {
            system: folder.parse()?,
            file: file.into(),
        })
    }
}

/// The package's file name, from which Octopus reads its id and its version.
#[must_use]
pub fn file_name() -> String {
    format!("runkey.{}.zip", env!("CARGO_PKG_VERSION"))
}

/// The folder that the package and the programs for it are put into.
fn dist() -> PathBuf {
    folder().with_file_name("dist")
}

/// The package, once it is made.
#[must_use]
pub fn path() -> PathBuf {
    dist().join(file_name())
}

/// The systems that a package has the program for, such as `linux-x64, win-x64`.
///
/// # Errors
/// When the file is no package.
pub fn systems_in(package: &Path) -> Result<String> {
    let unreadable = || format!("{} cannot be read; make it anew", package.display());
    let file = File::open(package).wrap_err_with(unreadable)?;
    let archive = ZipArchive::new(file).wrap_err_with(unreadable)?;
    let is_in = |system: &&System| archive.index_for_name(&system.path()).is_some();
    let systems: Vec<_> = SYSTEMS
        .iter()
        .filter(is_in)
        .map(|system| system.folder)
        .collect();
    Ok(systems.join(", "))
}

/// Makes the package with these programs or, if there are none, with those that it builds first:
/// for these systems or, if there are none, for all that this machine can build for.
///
/// # Errors
/// When one of the systems cannot be built for here, no program can be built at all, or cargo fails.
pub fn make(systems: &[&'static System], mut programs: Vec<Program>) -> Result<()> {
    let dist = dist();
    if programs.is_empty() {
        let recipes = choose(systems, &Toolbox::look()?)?;
        let built: Result<_> = recipes
            .iter()
            .map(|recipe| compile(recipe, &dist))
            .collect();
        programs = built?;
    }
    fs::create_dir_all(&dist)?;
    let package = path();
    write(&package, &programs)?;
    let files = programs.iter().map(|program| &program.file);
    for file in files.chain([&package]) {
        println!("{:>9} bytes  {}", fs::metadata(file)?.len(), file.display());
    }
    Ok(())
}

/// Says of every system, before anything is built, whether its program can be built here.
fn choose(asked_for: &[&'static System], tools: &Toolbox) -> Result<Vec<Recipe>> {
    let mut recipes = Vec::new();
    let mut refused = Vec::new();
    for system in &SYSTEMS {
        let folder = system.folder;
        if !asked_for.is_empty() && !asked_for.contains(&system) {
            println!("{folder:<12}left out: not asked for");
            continue;
        }
        match Recipe::find(system, tools) {
            Ok(recipe) => {
                match recipe.caveat(tools) {
                    Some(caveat) => println!("{folder:<12}in, but {caveat}"),
                    None => println!("{folder:<12}in"),
                }
                recipes.push(recipe);
            }
            Err(Missing(what)) => {
                println!("{folder:<12}left out: it needs {what}");
                refused.push(folder);
            }
        }
    }
    if !asked_for.is_empty() && !refused.is_empty() {
        let refused = refused.join(", ");
        bail!(
            "There can be no program for {refused} here. Install what it needs, or do not ask for it with --systems."
        );
    }
    if recipes.is_empty() {
        bail!("No program can be built here. Install what one of the systems needs.");
    }
    Ok(recipes)
}

/// Writes the package with these programs.
///
/// # Errors
/// When a program cannot be read, or the package cannot be written.
pub fn write(package: &Path, programs: &[Program]) -> Result<()> {
    let mut entries = vec![
        ("LICENSE".to_owned(), LICENSE.into(), 0o644),
        ("README.md".to_owned(), README.into(), 0o644),
        ("THIRD-PARTY-NOTICES.md".to_owned(), NOTICES.into(), 0o644),
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
        // Every step of every run unpacks it: that takes twice as long where it must be inflated.
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(mode)
        // The oldest time that a zip file can hold, instead of the present.
        .last_modified_time(DateTime::default())
}
