//! The licenses of the libraries in the program, as the libraries' own packages contain them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use color_eyre::eyre::{Result, WrapErr as _, ensure};
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
    let tree = [
        "tree",
        "--package=runkey",
        "--edges=normal,no-proc-macro",
        "--prefix=none",
    ];
    let tree = cargo(&tree, "--target", targets)?;
    // Such as `ureq v3.5.2`, for some with more behind.
    let libraries = tree.lines().filter_map(|line| line.split_once(" v"));
    let libraries: BTreeSet<_> = libraries
        .map(|(name, rest)| (name, rest.split(' ').next().unwrap_or_default()))
        .collect();
    let metadata = cargo(
        &["metadata", "--format-version=1"],
        "--filter-platform",
        targets,
    )?;
    let metadata: Value = serde_json::from_str(&metadata)?;

    let mut notices = HEADER.to_owned();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        let (name, version) = (text("name"), text("version"));
        let is_ours = package["source"].is_null();
        if !is_ours && libraries.contains(&(name, version)) {
            let (license, repository) = (text("license"), text("repository"));
            write!(
                notices,
                "\n## {name} {version}\n\n{license} <{repository}>\n"
            )?;
            notices += &licenses(&Path::new(text("manifest_path")).with_file_name(""))?;
        }
    }
    Ok(notices)
}

/// Returns what cargo says for these targets.
fn cargo(arguments: &[&str], option: &str, targets: &[&str]) -> Result<String> {
    let targets = targets.iter().map(|target| format!("{option}={target}"));
    let output = Command::new("cargo")
        .args(arguments)
        .args(["--locked", "--quiet"])
        .args(targets)
        .current_dir(folder())
        .output()
        .wrap_err("Cannot run cargo")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "cargo {} failed: {said}",
        arguments[0]
    );
    String::from_utf8(output.stdout).wrap_err("Cannot read cargo's output")
}

/// Returns the license files in a library's folder; without Apache's, if there is an MIT one.
fn licenses(library: &Path) -> Result<String> {
    let is_license = |name: &String| {
        let upper = name.to_uppercase();
        ["LICEN", "COPYING", "NOTICE", "UNLICENSE"]
            .iter()
            .any(|start| upper.starts_with(start))
    };
    let names = fs::read_dir(library)?.map(|it| Ok(it?.file_name().to_string_lossy().into_owned()));
    let names = names.collect::<Result<Vec<String>>>()?;
    let mut names: Vec<_> = names.into_iter().filter(is_license).collect();
    names.sort();
    ensure!(
        !names.is_empty(),
        "{} contains no license.",
        library.display()
    );
    if names.iter().any(|name| name.to_uppercase().contains("MIT")) {
        names.retain(|name| !name.to_uppercase().contains("APACHE"));
    }
    let mut notices = String::new();
    for name in names {
        let text = fs::read_to_string(library.join(name))?;
        write!(notices, "\n```text\n{}\n```\n", text.trim())?;
    }
    Ok(notices)
}
