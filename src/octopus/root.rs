//! What the server says of itself.

use serde::Deserialize;
use ureq::http::Method;

use super::exchange::Request;
use super::{Client, Result};
use crate::stranger::Stranger;

/// The server's own description (OctopusDeploy/OctopusClients, `RootResource`).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Root {
    /// `Octopus Deploy`.
    pub application: Option<Stranger>,
    /// Such as `2026.3.11151`; some servers keep it to themselves.
    pub version: Option<Stranger>,
    /// Such as `3.0.0`.
    pub api_version: Option<Stranger>,
}

impl Client {
    /// What the server says of itself; it does so to everyone.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn root(&self) -> Result<Root> {
        self.send(&Request::new(Method::GET, "/api"))
    }
}
