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
//! Everything a test asks or changes is a method of [`World`], which an [`Octopus`] derefs to
//! and which the callback of [`World::before_request`] is given.

mod api_keys;
mod audit;
mod caller;
mod clock;
mod connection;
mod documents;
mod error_body;
mod events;
mod fault;
mod faulty;
mod front;
mod hooks;
mod key_rules;
mod keys;
mod lock;
mod paging;
mod people;
mod rate_limit;
mod requests;
mod routes;
mod server;
mod settings;
mod space_content;
mod state;
mod tls;
mod users;
pub mod worker;
mod world;

pub use events::Event;
pub use fault::{Fault, FaultPlan};
pub use keys::{AddedKey, Key};
pub use people::{ADMIN, ALICE, BOB, RUNBOOK_ALICE, RUNBOOK_SVC};
pub use requests::Request;
pub use server::Octopus;
pub use settings::{RateLimit, Settings};
pub use world::World;
