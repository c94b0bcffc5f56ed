//! PowerShell steps, where `pwsh` is on the `PATH`.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::template::Syntax;
use super::variables::Variables;

/// The variable that keeps the worker's own PowerShell profile out of a step.
const WITHOUT_PROFILE: &str = "Octopus.Action.PowerShell.ExecuteWithoutProfile";

/// The command that runs `body`, and what it reads first from its standard input: a name and a
/// value a line, both in base64, since the encoding of that stream differs between machines.
pub(super) fn prepare(
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
