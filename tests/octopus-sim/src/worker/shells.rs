//! The shells of scripts: the Octopus functions in front of the script, in one process.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::variables::Variables;

/// The language of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// Bash, run by `bash`.
    Bash,
    /// PowerShell, run by `pwsh`.
    PowerShell,
}

impl Syntax {
    /// The program that runs it.
    pub fn shell(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::PowerShell => "pwsh",
        }
    }
}

/// The variable that keeps the worker's own PowerShell profile out of a step.
const WITHOUT_PROFILE: &str = "Octopus.Action.PowerShell.ExecuteWithoutProfile";

/// The command that runs `body`, and what it reads first from its standard input: for each variable
/// a name and a value, each ended by a NUL. They are on no argument list, in no file and in
/// no environment.
pub(super) fn bash(
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

/// The command that runs `body`, and what it reads first from its standard input: a name and a
/// value a line, both in base64, since the encoding of that stream differs between machines.
pub(super) fn powershell(
    folder: &Path,
    body: &str,
    variables: &Variables,
) -> io::Result<(Command, Vec<u8>)> {
    fs::write(folder.join("Bootstrap.ps1"), include_str!("bootstrap.ps1"))?;
    fs::write(folder.join("Script.ps1"), body)?;
    let mut command = Command::new(Syntax::PowerShell.shell());
    command.args(["-NoLogo", "-NonInteractive"]);
    if variables.get(WITHOUT_PROFILE).as_deref() == Some("True") {
        command.arg("-NoProfile");
    }
    command.args(["-File", "Bootstrap.ps1"]);
    let input = variables
        .evaluated()
        .map(|(name, value)| (STANDARD.encode(name), STANDARD.encode(value)))
        .flat_map(|(name, value)| format!("{name} {value}\n").into_bytes())
        .collect();
    Ok((command, input))
}
