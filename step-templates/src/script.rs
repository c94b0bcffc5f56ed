//! Puts a script together from its file and the parts that it shares with others.

use std::fs;

use color_eyre::eyre::{Result, WrapErr as _};

use crate::folder;
use crate::metadata::Shell;
use crate::names::Names;

/// How a line begins that names a part; both shells would read the file there, too.
const INCLUDE: &str = ". ./";
/// The part that is made from the list of names, without its ending.
const NAMES: &str = "parts/names.";

/// The whole script of a step: each part stands where the script names it, since an exported
/// template is one file.
pub fn assemble(step: &str, shell: Shell) -> Result<String> {
    let script = read(&format!("{step}.{}", shell.extension()))?;
    let lines = script.lines().map(|line| match line.strip_prefix(INCLUDE) {
        Some(part) if part.starts_with(NAMES) => Ok(Names::load()?.script(shell)),
        Some(part) => read(part),
        None => Ok(format!("{line}\n")),
    });
    lines.collect()
}

fn read(name: &str) -> Result<String> {
    let file = folder().join(name);
    fs::read_to_string(&file).wrap_err_with(|| format!("{} cannot be read", file.display()))
}
