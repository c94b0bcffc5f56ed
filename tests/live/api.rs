//! Asks the server itself, past the program.

use serde_json::Value;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use crate::Live;

/// What the server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) has_date: bool,
    /// Null when the answer is no JSON.
    pub(crate) body: Value,
}

impl Live {
    /// `GET` with this key.
    pub(crate) fn get(&self, key: &str, path: &str) -> Answer {
        self.ask("GET", key, path)
    }

    /// `DELETE` with this key.
    pub(crate) fn remove(&self, key: &str, path: &str) -> Answer {
        self.ask("DELETE", key, path)
    }

    fn ask(&self, method: &str, key: &str, path: &str) -> Answer {
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .tls_config(system_trust())
            .build()
            .into();
        let url = format!("{}{path}", self.url.trim_end_matches('/'));
        let request = match method {
            "DELETE" => agent.delete(url),
            _ => agent.get(url),
        };
        let mut response = request.header("X-Octopus-ApiKey", key).call().unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        Answer {
            status: response.status().as_u16(),
            has_date: response.headers().contains_key("date"),
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
        }
    }
}

/// The authorities that the system trusts. An authority of one's own belongs among them for this
/// check.
fn system_trust() -> TlsConfig {
    // That there is a provider already is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .build()
}
