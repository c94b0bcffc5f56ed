//! Placeholder until the real one is merged.

use std::process::ExitCode;

use crate::cli::UseOptions;
use crate::output::Failure;
use crate::run::Context;

pub fn run(_: &UseOptions, _: &Context<'_>) -> Result<ExitCode, Failure> {
    Err(Failure::new(
        "This subcommand is not built yet.",
        "Wait for it.",
    ))
}
