//! The keys of finished runs, or of all runs.

use crate::cli::DeleteOptions;
use crate::output::Failure;
use crate::run::Context;

pub fn run(_options: &DeleteOptions, _context: &Context<'_>) -> Result<(), Failure> {
    Err(Failure::new("Not there yet.", ""))
}
