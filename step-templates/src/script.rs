//! Puts a script together from its file and the parts that it shares with others.

use std::fs;

use color_eyre::eyre::{Result, WrapErr as _};

use crate::folder;
use crate::metadata::{Metadata, Shell};

/// How a line begins that names a part.
const INCLUDE: &str = ". ./";
/// In a part, what the names of the step's own parameters begin with.
const PREFIX: &str = "RunKey.Step";

/// Returns the whole script of a step: each part stands where the script names it, since an exported
/// template is one file.
pub fn assemble(step: &str, metadata: &Metadata, shell: Shell) -> Result<String> {
    let script = read(&format!("{step}.{}", shell.extension()))?;
    let lines = script.lines().map(|line| match line.strip_prefix(INCLUDE) {
        Some(part) => Ok(read(part)?.replace(PREFIX, &metadata.prefix)),
        None => Ok(format!("{line}\n")),
    });
    lines.collect()
}

fn read(name: &str) -> Result<String> {
    let file = folder().join(name);
    fs::read_to_string(&file).wrap_err_with(|| format!("Cannot read {}", file.display()))
}
