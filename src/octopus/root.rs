//! What the server says of itself.

use serde::Deserialize;

use crate::error::Result;
use crate::lenient::text;
use crate::wire::Request;
use crate::{Client, Untrusted};

/// The server's description of itself (OctopusDeploy/OctopusClients, `RootResource`).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Root {
    /// `Octopus Deploy`.
    pub application: Untrusted,
    /// Such as `2026.3.11151`; some servers keep it to themselves.
    #[serde(default, deserialize_with = "text")]
    pub version: Option<Untrusted>,
}

impl Client {
    /// Returns what the server says of itself; it does so to everyone.
    ///
    /// # Errors
    /// When there is no usable response.
    pub fn root(&self) -> Result<Root> {
        self.fetch(&Request::get("/api").anonymous())
    }
}
