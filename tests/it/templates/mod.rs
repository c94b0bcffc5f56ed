//! The exported step templates, run by a worker with the real program.

mod environment;
mod keys;
mod names;
mod run;
