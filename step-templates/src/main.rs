//! `cargo run -p step-templates -- export` writes the step templates' JSON files, `… package` the
//! package with the program that they run, and `… install` brings both to an Octopus Server.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use color_eyre::eyre::Result;
use step_templates::digests::Digests;
use step_templates::package::{self, Program};
use step_templates::systems::System;
use step_templates::{export, install};

/// Makes what is brought into Octopus, the step templates and the package with the program, and
/// brings it there.
#[derive(Parser)]
#[command(help_expected = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the JSON files next to the scripts, and note the digests of each new version.
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
    /// Upload the package to the built-in feed of a space, and import the step templates: those that
    /// are new or an older version of ours. Any other is left alone.
    ///
    /// `OCTOPUS_API_KEY` or `OCTOPUS_ACCESS_TOKEN` holds the credential.
    Install(install::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Export => {
            export::write_all()?;
            let mut digests = Digests::load()?;
            digests.note(&export::build_all()?)?;
            digests.save()
        }
        Command::Package { systems, programs } => package::make(&systems, programs),
        Command::Install(options) => install::run(&options),
    }
}
