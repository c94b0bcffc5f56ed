//! The exported templates for Bash, run by the simulated worker with a stand-in for the program.
#![cfg(unix)]

mod create;
mod delete;
mod program;
mod use_key;
