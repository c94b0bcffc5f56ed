//! The program as a whole: each test runs the real binary against a simulated Octopus Server.
//!
//! One case is one row of a table: what is set up, the arguments, the exit code, the first line, the
//! requests, the keys that are left. Whole outputs are inline snapshots.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]
#![allow(
    clippy::too_many_lines,
    reason = "a test is as long as its table and its snapshot"
)]

mod support;

mod cleanup;
mod create;
mod credentials;
mod delete;
mod docs;
mod input;
mod network;
mod one_command;
mod output;
mod proxy;
mod records;
mod report;
mod signals;
#[cfg(unix)]
mod situations;
mod templates;
mod tls;
mod untrusted;
mod use_key;
#[cfg(unix)]
mod windows;
