//! A simulated Octopus Server and worker, for runkey's tests and its rehearsal.
//!
//! [`Octopus::start`] starts a current server on the loopback; [`Settings`] starts any other.
//! The server keeps to what is publicly known of Octopus Deploy: what no source says, it does
//! not promise. It stops when the [`Octopus`] is dropped.
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
//! A [`Fault`] is a response that fails, or none, or one that misleads; [`Fault::edit`] makes any,
//! and a [`Gate`] holds requests until a test releases them:
//!
//! ```
//! use octopus_sim::{Fault, Octopus};
//!
//! let octopus = Octopus::start();
//! let cached = Fault::edit("cached", |_, response| response.set_header("Age", "60"));
//! octopus.fault(cached).on("GET", "/apikeys").forever();
//! octopus.fault(Fault::NotJson).on("GET", "/.well-known");
//! ```
//!
//! The server issues ID tokens, exchanges them, and forgets access tokens by its own clock:
//! [`Octopus::id_tokens`] and [`Worker::oidc_account`](worker::Worker::oidc_account) give every step
//! one, [`World::issue_id_token`] makes those of any issuer.
//!
//! Everything a test asks or changes is a method of [`World`], which an [`Octopus`] derefs to
//! and which the callback of [`World::before_request`] is given.
//!
//! A [`worker::Worker`] runs the steps of a [`worker::Runbook`], templates and plain scripts alike:
//!
//! ```
//! use octopus_sim::worker::{Runbook, Step, Syntax, Variables, Worker};
//!
//! let runbook = Runbook::new()
//!     .step(Step::script("Create", Syntax::Bash, "set_octopusvariable Key secret -sensitive"))
//!     .step(Step::script("Use", Syntax::Bash, "echo '#{Octopus.Action[Create].Output.Key}'"));
//! let variables = Variables::of_run("https://octopus.example");
//! let task = runbook.run(&Worker::new(), variables)?;
//! assert_eq!(task.step("Use").expect("it ran").raw_stdout, "secret\n");
//! assert_eq!(task.step("Use").expect("it ran").log[0].text, "********");
//! # Ok::<(), octopus_sim::worker::WorkerError>(())
//! ```
//!
//! [`server`] and [`worker`] know nothing of each other. [`report_to()`] tells the server how a run is;
//! [`run_task()`] runs what the server has queued.

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
