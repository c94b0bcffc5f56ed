//! The licenses of the libraries in the program, as the libraries' own packages contain them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use color_eyre::eyre::{OptionExt as _, Result, WrapErr as _, ensure};
use serde_json::Value;

use crate::folder;

const HEADER: &str = "\
# Third-party notices

runkey is licensed under the Apache License 2.0; see `LICENSE`. The programs in this package also
contain Rust's standard library (MIT or Apache-2.0, by the Rust Project's contributors), on Linux
LLVM's libunwind and compiler-rt (Apache-2.0 WITH LLVM-exception), and the libraries below. Where a
library offers a choice that includes the MIT license, that license is used.
";

/// Returns the notices of all libraries in runkey, for these targets together.
///
/// # Errors
/// When cargo fails, or a library's package contains no license.
pub fn collect(targets: &[&str]) -> Result<String> {
    let options: Vec<_> = targets
        .iter()
        .map(|name| format!("--target={name}"))
        .collect();
    let options = options.iter().map(String::as_str);
    let tree = [
        "--package=runkey",
        "--edges=normal,no-proc-macro",
        "--prefix=none",
    ];
    let tree = cargo("tree", tree.into_iter().chain(options))?;
    let is_in_program: BTreeSet<_> = tree
        .lines()
        .filter_map(|line| line.split_once(" v"))
        .map(|(name, rest)| (name, rest.split(' ').next().unwrap_or_default()))
        .collect();

    let options: Vec<_> = targets
        .iter()
        .map(|name| format!("--filter-platform={name}"))
        .collect();
    let options = options.iter().map(String::as_str);
    let metadata: Value = serde_json::from_str(&cargo(
        "metadata",
        ["--format-version=1"].into_iter().chain(options),
    )?)?;
    let mut notices = HEADER.to_owned();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        let is_ours = package["source"].is_null();
        if !is_ours && is_in_program.contains(&(text("name"), text("version"))) {
            write!(
                notices,
                "\n## {} {}\n\n{} <{}>\n",
                text("name"),
                text("version"),
                text("license"),
                text("repository")
            )?;
            notices += &licenses(Path::new(text("manifest_path")))?;
        }
    }
    Ok(notices)
}

fn cargo<'a>(subcommand: &str, options: impl Iterator<Item = &'a str>) -> Result<String> {
    let output = Command::new("cargo")
        .args([subcommand, "--locked", "--quiet"])
        .args(options)
        .current_dir(folder())
        .output()
        .wrap_err("Cannot run cargo")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo {subcommand} failed: {said}");
    String::from_utf8(output.stdout).wrap_err("Cannot read cargo's output")
}

/// Returns the license files beside a library's manifest; without Apache's, if there is an MIT one.
fn licenses(manifest: &Path) -> Result<String> {
    let package = manifest.parent().ok_or_eyre("A manifest has no folder.")?;
    let mut files = Vec::new();
    for entry in fs::read_dir(package)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let upper = name.to_uppercase();
        if ["LICEN", "COPYING", "NOTICE", "UNLICENSE"]
            .iter()
            .any(|start| upper.starts_with(start))
        {
            files.push((upper, name));
        }
    }
    ensure!(
        !files.is_empty(),
        "{} contains no license.",
        package.display()
    );
    files.sort();
    let offers_mit = files.iter().any(|(upper, _)| upper.contains("MIT"));
    let mut notices = String::new();
    for (_, name) in files
        .iter()
        .filter(|(upper, _)| !(offers_mit && upper.contains("APACHE")))
    {
        let text = fs::read_to_string(package.join(name))?;
        write!(notices, "\n```text\n{}\n```\n", text.trim())?;
    }
    Ok(notices)
}
