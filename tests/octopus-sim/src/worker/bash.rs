//! Bash steps: the Octopus functions in front of the script, in one shell.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use super::template::Syntax;
use super::variables::Variables;

/// The command that runs `body`, and what it reads first from its standard input: for each variable
/// a name and a value, each ended by a NUL. They are on no argument list, in no file and in
/// no environment.
pub(super) fn prepare(
    folder: &Path,
    body: &str,
    variables: &Variables,
) -> io::Result<(Command, Vec<u8>)> {
    fs::write(folder.join("Bootstrap.sh"), include_str!("bootstrap.sh"))?;
    fs::write(folder.join("Script.sh"), body.replace("\r\n", "\n"))?;
    let mut command = Command::new(Syntax::Bash.shell());
    command.arg("Bootstrap.sh");
    let mut input = Vec::new();
    for (name, value) in variables.evaluated() {
        input.extend(format!("{name}\0{value}\0").into_bytes());
    }
    Ok((command, input))
}
