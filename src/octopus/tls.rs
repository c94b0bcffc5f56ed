//! Sets the HTTP library up, and tells apart what it reports. (Placeholder until the real one is merged.)

use std::path::Path;
use std::time::Duration;

use ureq::Agent;

use crate::error::{Error, ErrorKind};
use crate::{Address, Proxy};

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateProblem {
    /// Anything else.
    Other,
}

/// Why a CA file cannot be used.
#[derive(Debug)]
pub struct CaFileError;

pub(crate) fn agent(_: Option<&Path>, _: Option<&Proxy>) -> Result<Agent, CaFileError> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false);
    Ok(config.build().into())
}

pub(crate) fn classify(
    error: ureq::Error,
    agent: &Agent,
    address: &Address,
    timeout: Duration,
) -> Error {
    match error {
        ureq::Error::Timeout(_) => timed_out(&server(agent, address), timeout),
        error => Error::new(ErrorKind::ConnectionLost, error.to_string()),
    }
}

pub(crate) fn expects_tls(_: &Address, _: u16, _: &[u8]) -> bool {
    false
}

pub(crate) fn wrong_scheme(address: &Address, scheme: &str) -> Error {
    Error::new(
        ErrorKind::WrongScheme,
        format!("{} speaks {scheme}", address.authority()),
    )
}

pub(crate) fn server(_: &Agent, address: &Address) -> String {
    address.authority().to_owned()
}

pub(crate) fn timed_out(server: &str, after: Duration) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!("no response from {server} within {after:?}"),
    )
}
