//! A client of Octopus Deploy's REST API: one file per resource, and the only place that knows HTTP.
//!
//! [`Secret`] and [`Untrusted`] are the types for what must not be shown, and for text of others.
//! What is known of the server, and from which source, is in `docs/octopus.md`.

mod address;
mod api_keys;
mod attempt;
mod client;
mod credential;
mod documents;
mod error;
mod events;
mod executions;
mod id;
mod lenient;
mod paging;
mod proxy;
mod response;
mod retry;
mod root;
mod secret;
mod tasks;
mod tls;
mod token_exchange;
mod untrusted;
mod users;
mod wire;
mod withhold;

pub use address::{Address, UrlError};
pub use api_keys::{Access, ActorType, ApiKey, CreateKey, KeyList, KeyRecord};
pub use client::{Client, Observer, Settings};
pub use credential::Credential;
pub use documents::Query;
pub use error::{Error, ErrorKind, Result};
pub use events::Event;
pub use executions::{Execution, ExecutionId};
pub use id::Id;
pub use paging::Unreadable;
pub use proxy::{Proxy, ProxyError};
pub use retry::{OnInterrupt, RetryPolicy};
pub use root::Root;
pub use secret::Secret;
pub use tasks::{MAX_TASKS, Outcome, Task};
pub use tls::{CaFileError, CertificateProblem};
pub use token_exchange::Claims;
pub use untrusted::{Untrusted, escape_json};
pub use users::User;
pub use withhold::contains_secret;
