//! What must not grow unnoticed: what the program is made of.
//!
//! How many requests and connections each step needs is held where the step is tested: `create.rs`,
//! `use_key.rs`, `delete.rs`, and over TLS `tls.rs`. How large and how much work the release program
//! is, is held by `.ci/guards`.

use std::collections::BTreeSet;
use std::process::Command;

/// The libraries behind the program for Linux, those of its libraries and macros included. A change
/// that adds one sets this anew, and its commit says what for and why nothing smaller will do.
const LIBRARIES: usize = 73;

#[test]
fn the_program_is_made_of_as_many_libraries_as_were_agreed() {
    let mut tree = Command::new(env!("CARGO"));
    tree.args([
        "tree",
        "--locked",
        "--package",
        "runkey",
        "--edges",
        "normal",
    ])
    .args(["--target", "x86_64-unknown-linux-gnu"])
    .args(["--prefix", "none", "--format", "{p}"]);
    let output = tree.output().expect("this is run by Cargo");
    let text = String::from_utf8(output.stdout).expect("Cargo writes text");
    let libraries: BTreeSet<_> = text
        .lines()
        .map(|line| line.strip_suffix(" (*)").unwrap_or(line))
        .filter(|line| !line.is_empty() && !line.starts_with("runkey "))
        .collect();
    assert_eq!(libraries.len(), LIBRARIES, "{libraries:#?}");
}
