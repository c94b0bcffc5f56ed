//! `--generate`: completions for shells, and the manual page.

use std::ffi::OsStr;
use std::io;

use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell;

use super::Cli;
use crate::output::Failure;

/// What can be generated.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    /// Completions for Bash
    CompleteBash,
    /// Completions for Zsh
    CompleteZsh,
    /// Completions for fish
    CompleteFish,
    /// Completions for PowerShell
    CompletePowershell,
    /// The manual page, in roff
    Man,
}

/// What `runkey use` can generate.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ShellKind {
    /// One line for each variable to set or clear; none contains a secret
    Environment,
}

/// Returns the text of this kind.
///
/// # Errors
/// When there is no such kind.
pub fn generate(kind: &OsStr) -> Result<String, Failure> {
    let kind = Kind::from_str(&kind.to_string_lossy(), true).map_err(|_| {
        let kinds: Vec<_> = Kind::value_variants()
            .iter()
            .filter_map(ValueEnum::to_possible_value)
            .collect();
        let kinds: Vec<_> = kinds
            .iter()
            .map(clap::builder::PossibleValue::get_name)
            .collect();
        let help = format!("Use one of {}.", kinds.join(", "));
        Failure::usage("--generate: not a kind that is supported.", help)
    })?;
    let mut text = Vec::new();
    write(kind, &mut text).map_err(|error| Failure::system("generate the text", &error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn write(kind: Kind, text: &mut Vec<u8>) -> io::Result<()> {
    let mut command = Cli::command();
    let shell = match kind {
        Kind::CompleteBash => Shell::Bash,
        Kind::CompleteZsh => Shell::Zsh,
        Kind::CompleteFish => Shell::Fish,
        Kind::CompletePowershell => Shell::PowerShell,
        Kind::Man => return clap_mangen::Man::new(command).render(text),
    };
    clap_complete::generate(shell, &mut command, "runkey", text);
    Ok(())
}
