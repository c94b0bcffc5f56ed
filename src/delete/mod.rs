//! Placeholder until the real one is merged.

use crate::cli::DeleteOptions;
use crate::output::Failure;
use crate::run::Context;

pub fn run(_: &DeleteOptions, _: &Context<'_>) -> Result<(), Failure> {
    Err(Failure::new(
        "This subcommand is not built yet.",
        "Wait for it.",
    ))
}
