//! `cargo run -p step-templates -- export` writes the step templates' JSON files, and `… package`
//! the package with the program that they run.

use std::fs;

use clap::{Parser, Subcommand};
use color_eyre::eyre::Result;
use step_templates::package::{self, Program};
use step_templates::{export, folder};

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
    /// Make `dist/runkey.<version>.zip`, the package with the program for every system.
    Package {
        /// A program that is built already, such as linux-x64=target/release/runkey; no other is
        /// then in the package [default: all are built].
        #[arg(long = "program", value_name = "SYSTEM=FILE")]
        programs: Vec<Program>,
    },
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Export => export::write_all(),
        Command::Package { programs } => make_package(programs),
    }
}

fn make_package(mut programs: Vec<Program>) -> Result<()> {
    let dist = folder().with_file_name("dist");
    if programs.is_empty() {
        programs = package::build(&dist)?;
    }
    fs::create_dir_all(&dist)?;
    let package = dist.join(package::file_name());
    package::write(&package, &programs)?;
    let files = programs.iter().map(|program| &program.file);
    for file in files.chain([&package]) {
        println!("{:>9} bytes  {}", fs::metadata(file)?.len(), file.display());
    }
    Ok(())
}
