#![doc = include_str!("behaviours.md")]

mod ages;
mod clock;
mod fault;
mod hooks;
mod lie;
mod lock;
mod octopus;
mod requests;
mod rest;
mod settings;
mod state;
mod tasks;
mod wire;
mod wording;
mod world;

pub use fault::{Fault, FaultPlan};
pub use lie::{Answer, Lie, MadeUp, Total};
pub use octopus::Octopus;
pub use requests::Request;
pub use settings::{RateLimit, Settings};
pub use state::events::Event;
pub use state::keys::{AddedKey, Key};
pub use state::people::{ADMIN, ALICE, BOB, RUNBOOK_ALICE, RUNBOOK_SVC};
pub use state::tasks::{Task, TaskState};
pub use tasks::Tasks;
pub use wording::{Hints, KeyWords, Wording};
pub use world::World;
