//! The program as a whole: each test runs the real binary against a simulated Octopus Server.
//!
//! One case is one row of a table: what is set up, the arguments, the exit code, the first line, the
//! requests, the keys that are left. Whole outputs are inline snapshots.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod support;

mod cleanup;
mod create;
mod credentials;
mod delete;
mod network;
mod proxy;
mod records;
mod report;
#[cfg(unix)]
mod signals;
mod tls;
mod untrusted;
mod use_key;
#[cfg(unix)]
mod windows;
