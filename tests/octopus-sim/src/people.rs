//! The accounts.

/// The administrator.
pub const ADMIN: &str = "Users-1";
/// Alice King (`alice`).
pub const ALICE: &str = "Users-2";
/// Bob Ng (`bob`).
pub const BOB: &str = "Users-3";
/// `runbook-svc`, the service account that holds the long-lived key.
pub const RUNBOOK_SVC: &str = "Users-21";
/// `runbook-alice`, a service account of Alice's own.
pub const RUNBOOK_ALICE: &str = "Users-22";
