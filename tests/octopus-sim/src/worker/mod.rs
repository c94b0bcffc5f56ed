//! A simulated Octopus worker: it runs step templates and script steps the way a real one does.
//!
//! It substitutes `#{…}` in the script, gives the script the Octopus functions, runs it in its own
//! shell, reads the service messages from both streams, keeps output variables and artifacts, and
//! masks what is sensitive in the log. A [`Runbook`] runs steps in order; a [`Control`] may cancel it
//! and tells its watchers how far it is.
//!
//! It keeps to what is publicly known of Octopus Deploy and takes the harsher reading where that
//! leaves room.
#![doc = include_str!("behaviors.md")]

mod account;
mod collector;
mod control;
mod environment;
mod error;
mod log;
mod machine;
mod package;
mod process;
mod result;
mod rolling;
mod runbook;
pub mod service_message;
mod shells;
mod step;
mod substitution;
mod system_variables;
mod task;
mod tree;
mod variables;

pub use control::{Control, Moment};
pub use error::WorkerError;
pub use log::{Level, LogLine, Stream, render};
pub use machine::Worker;
pub use result::{Artifact, Progress, StepResult};
pub use runbook::Runbook;
pub use shells::Syntax;
pub use step::Step;
pub(crate) use step::{list, text};
pub use substitution::substitute;
pub use task::{StepRecord, StepState, TaskResult};
pub use variables::{Variable, Variables};

pub use crate::TaskState;
