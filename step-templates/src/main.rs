//! `cargo run -p step-templates -- export` writes the step templates' JSON files, `… package` the
//! package with the program that they run, and `… install` brings both to an Octopus Server.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use color_eyre::eyre::Result;
use step_templates::program::Program;
use step_templates::{export, install, package};

/// Builds the worker package, and installs package and step templates.
#[derive(Parser)]
#[command(help_expected = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the JSON files next to the scripts.
    Export,
    /// Make the package `dist/runkey.<version>.zip`.
    Package {
        /// A built program; can be repeated [default: one built for this system]
        #[arg(long = "program", value_name = "SYSTEM=FILE")]
        programs: Vec<Program>,
    },
    /// Upload the package and import the step templates, and create what a first run needs.
    ///
    /// What is there already is kept. The credential is in `OCTOPUS_API_KEY` or
    /// `OCTOPUS_ACCESS_TOKEN`.
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
        Command::Export => export::write_all(),
        Command::Package { programs } => package::make(programs),
        Command::Install(options) => install::run(&options),
    }
}
