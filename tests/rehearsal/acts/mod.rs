//! The acts: each runs a runbook, shows what came of it, and checks what it claims.

pub mod canceled;
pub mod failed_step;
pub mod forged;
pub mod hostile;
pub mod starting_point;
pub mod stored_key;
pub mod whole_run;
