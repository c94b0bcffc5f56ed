//! Placeholder until the real one is merged.

use crate::cli::CreateOptions;
use crate::output::Failure;
use crate::run::Context;

pub fn run(_: &CreateOptions, _: &Context<'_>) -> Result<(), Failure> {
    Err(Failure::new(
        "The preflight check is not built yet.",
        "Wait for it.",
    ))
}
