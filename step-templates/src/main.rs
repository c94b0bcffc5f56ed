//! `cargo run -p step-templates -- export` writes the step templates' JSON files, and `… package`
//! the package with the program that they run.

use clap::{Parser, Subcommand};
use color_eyre::eyre::Result;
use step_templates::export;
use step_templates::package::{self, Program};
use step_templates::systems::System;

/// Makes what is brought into Octopus: the step templates, and the package with the program.
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
    /// Make `dist/runkey.<version>.zip`, the package with the program for each system that this
    /// machine can build it for.
    Package {
        /// The systems to build the program for, such as linux-x64,win-x64; each of them must be
        /// possible here [default: all that are].
        #[arg(long, value_name = "SYSTEM", value_delimiter = ',')]
        systems: Vec<&'static System>,
        /// A program that is built already, such as linux-x64=target/release/runkey; no other is
        /// then in the package.
        #[arg(
            long = "program",
            value_name = "SYSTEM=FILE",
            conflicts_with = "systems"
        )]
        programs: Vec<Program>,
    },
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Export => export::write_all(),
        Command::Package { systems, programs } => package::make(&systems, programs),
    }
}
