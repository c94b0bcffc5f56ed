//! Octopus's REST API, one file per resource: the only place that knows HTTP.
//!
//! What is known of the server, and what is not, is in `docs/octopus.md`.

mod address;
mod agent;
mod api_keys;
mod client;
mod credential;
mod error;
mod events;
mod exchange;
mod id;
mod pace;
mod paging;
mod proxy;
mod retry;
mod root;
mod spaces;
mod tasks;
mod transport;
mod users;

pub use address::Address;
pub use api_keys::{Access, ActorType, Deletion, KeyRecord, MadeKey, NewKey};
pub use client::{Client, Observer, Settings};
pub use credential::Credential;
pub use error::{Error, Result, Trouble};
pub use events::Event;
pub use id::Id;
pub use proxy::Proxy;
pub use root::Root;
pub use tasks::{Ending, TASKS_AT_ONCE, Task};
pub use users::User;
