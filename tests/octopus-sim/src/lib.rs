//! A simulated Octopus Server and worker, for runkey's tests and its rehearsal.
//!
//! [`Octopus::start`] starts a current server on the loopback; [`Settings`] starts any other.
//! The server keeps to what is publicly known of Octopus Deploy: what no source says, it does
//! not promise. It stops when the [`Octopus`] is dropped. Everything a test asks or changes is a
//! method of [`World`], which an [`Octopus`] derefs to.
//!
//! ```
//! use octopus_sim::{Fault, Octopus, RUNBOOK_SVC};
//!
//! let octopus = Octopus::start();
//! octopus.fault(Fault::Status(503)).on("POST", "/apikeys").times(2);
//! octopus.add_key(RUNBOOK_SVC, "Alice King (alice) [runkey ServerTasks-1]", None);
//! assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 2);
//! assert!(octopus.requests().is_empty());
//! ```
//!
//! A [`worker::Worker`] runs the steps of a [`worker::Runbook`], templates and plain scripts alike.
//! [`server`] and [`worker`] know nothing of each other. [`report_to()`] tells the server how a run is;
//! [`run_task()`] runs what the server has queued.

#![expect(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "its users are the tests of this repository: what they do wrong fails them"
)]

mod id_token;
mod report_to;
mod run_task;
pub mod server;
mod task_state;
pub mod worker;

pub use id_token::IdToken;
pub use report_to::report_to;
pub use run_task::run_task;
pub use server::{
    ADMIN, ALICE, AddedKey, BOB, Certificate, Edit, Event, Fault, FaultPlan, Gate, Hints, Key,
    MadeUp, OIDC_SUBJECT, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, RateLimit, Request, Response,
    SYSTEM, Settings, Task, Tasks, Total, Wording, World,
};
pub use task_state::TaskState;
