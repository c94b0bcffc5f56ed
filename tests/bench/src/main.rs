//! Measures runkey side by side with what people use today, against the simulated server with TLS:
//! `cargo run --release -p bench`. With `growth` it measures how the cost grows instead.

mod distance;
mod growth;
mod plot;
mod prepare;
mod race;
mod rival;
mod sample;
mod stage;
mod stats;
mod table;

use clap::{Parser, Subcommand};
use color_eyre::eyre::Result;

use prepare::Programs;

/// Measures runkey side by side with what people use today
#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    what: Option<What>,
    /// How often each step of each rival is run
    #[arg(long, value_name = "N", default_value_t = 30)]
    rounds: usize,
    /// How long a round trip takes, in milliseconds; several with commas between them
    #[arg(
        long,
        value_name = "MS",
        value_delimiter = ',',
        default_value = "0,20,100"
    )]
    delay_ms: Vec<u64>,
    /// Measures `create` alone, with the system's certificates instead of a file with one
    #[arg(long)]
    system_certificates: bool,
}

#[derive(Subcommand)]
enum What {
    /// Measures how the cost grows with keys, events and concurrent runs, and draws docs/growth.svg
    Growth,
}

fn main() -> Result<()> {
    color_eyre::install()?;
    let options = Options::parse();
    let programs = Programs::build()?;
    if let Some(What::Growth) = options.what {
        return growth::measure(&programs);
    }
    if options.system_certificates {
        return race::with_system_certificates(&programs, options.rounds);
    }
    let rivals = rival::all(&programs);
    for delay in options.delay_ms {
        race::at_distance(&programs, &rivals, options.rounds, delay)?;
    }
    Ok(())
}
