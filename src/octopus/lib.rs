//! A client of Octopus Deploy's REST API: one file per resource, and the only place that knows HTTP.
//!
//! [`Secret`] and [`Untrusted`] are the types for what must not be shown, and for text of others.
//! What is known of the server, and from which source, is in `docs/octopus.md`.

mod address;
mod id;
mod proxy;
mod secret;
mod untrusted;
mod withhold;

pub use address::{Address, UrlError};
pub use id::Id;
pub use proxy::{Proxy, ProxyError};
pub use secret::Secret;
pub use untrusted::{Untrusted, escape_json};
pub use withhold::{contains_secret, is_shaped_like_secret, withhold_secrets};
