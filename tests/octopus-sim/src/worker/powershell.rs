//! PowerShell steps, where `pwsh` is on the `PATH`.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::template::Syntax;
use super::variables::Variables;

/// The command that runs `body`, and what it reads first from its standard input: a name and a
/// value a line, both in base64, since the encoding of that stream differs between machines.
pub(super) fn prepare(
    folder: &Path,
    body: &str,
    variables: &Variables,
) -> io::Result<(Command, Vec<u8>)> {
    fs::write(folder.join("bootstrap.ps1"), include_str!("bootstrap.ps1"))?;
    fs::write(folder.join("script.ps1"), body)?;
    let mut command = Command::new(Syntax::PowerShell.shell());
    command.args(["-NoLogo", "-NoProfile", "-NonInteractive"]);
    command.args(["-File", "bootstrap.ps1"]);
    let input = variables
        .evaluated()
        .map(|(name, value)| (STANDARD.encode(name), STANDARD.encode(value)))
        .flat_map(|(name, value)| format!("{name} {value}\n").into_bytes())
        .collect();
    Ok((command, input))
}
