//! The acts: each runs a runbook, shows what came of it, and claims what it proves.

pub mod by_octopus;
pub mod cancelled;
pub mod failure;
pub mod one_step;
pub mod orders;
pub mod quotes;
pub mod search;
pub mod today;
pub mod with_runkey;
