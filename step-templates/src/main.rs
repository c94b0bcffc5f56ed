//! `cargo run -p step-templates -- export` writes the step templates' JSON files.

use clap::{Parser, Subcommand};
use color_eyre::eyre::Result;
use step_templates::export;

/// Makes what is brought into Octopus: the step templates.
#[derive(Parser)]
#[command(help_expected = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the JSON files next to the scripts, and note the digest of each new version.
    Export,
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Export => export::write_all(),
    }
}
