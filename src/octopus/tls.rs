//! Sets the HTTP library up, and tells apart what it reports.

mod ca_file;
mod certificate;
mod failure;

use std::path::Path;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

pub use ca_file::CaFileError;
pub use certificate::CertificateProblem;
pub(crate) use failure::{classify, expects_tls, server, timed_out, wrong_scheme};

use crate::Proxy;

/// Prepares connections to one server. The CA certificates of the system are read when the first
/// connection is made.
pub(crate) fn agent(ca_file: Option<&Path>, proxy: Option<&Proxy>) -> Result<Agent, CaFileError> {
    // ureq takes the provider that is installed for the process; it may be installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let root_certs = match ca_file {
        Some(file) => RootCerts::Specific(ca_file::read(file)?.into()),
        None => RootCerts::PlatformVerifier,
    };
    let config = Agent::config_builder()
        .user_agent(concat!("runkey/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .tls_config(TlsConfig::builder().root_certs(root_certs).build())
        .proxy(proxy.map(Proxy::to_library));
    Ok(config.build().into())
}

#[cfg(test)]
mod tests;
