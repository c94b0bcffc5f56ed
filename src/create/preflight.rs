//! `runkey create --preflight`.

use crate::cli::CreateOptions;
use crate::output::Failure;
use crate::run::Context;

pub fn run(_options: &CreateOptions, _context: &Context<'_>) -> Result<(), Failure> {
    Err(Failure::new("Not there yet.", ""))
}
