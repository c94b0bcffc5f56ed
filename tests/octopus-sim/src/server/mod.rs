#![doc = include_str!("behaviors.md")]

mod clock;
mod fault;
mod hooks;
mod lock;
mod octopus;
mod oidc;
mod requests;
mod rest;
mod settings;
mod state;
mod tasks;
mod wire;
mod wording;
mod world;

pub use fault::{Edit, Fault, FaultPlan, Gate, MadeUp, Response, Total};
pub use octopus::Octopus;
pub use oidc::OIDC_SUBJECT;
pub use requests::Request;
pub use settings::{Certificate, RateLimit, Settings};
pub use state::events::Event;
pub use state::keys::{AddedKey, Key};
pub use state::people::{ADMIN, ALICE, BOB, RUNBOOK_ALICE, RUNBOOK_SVC, SYSTEM};
pub use state::tasks::Task;
pub use tasks::Tasks;
pub use wording::{Hints, Wording};
pub use world::World;
