//! Sets the HTTP library up.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::client::Settings;

/// All that a system trusts is a quarter of a megabyte, in bytes.
const LONGEST_CA_FILE: u64 = 16 * 1024 * 1024;

/// Why a file of trusted certificates cannot be used. `Display` follows the file's name.
#[derive(Debug)]
pub enum BadCaFile {
    /// The system does not give it.
    Unreadable(io::Error),
    /// A block in it is not PEM.
    Damaged,
    /// There is no certificate in it.
    Empty,
}

impl fmt::Display for BadCaFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "cannot be read: {error}"),
            Self::Damaged => f.write_str("is damaged: a block in it is not PEM"),
            Self::Empty => f.write_str(
                "holds no certificate. It must be PEM, with '-----BEGIN CERTIFICATE-----'",
            ),
        }
    }
}

impl std::error::Error for BadCaFile {}

/// An agent for one server. Whom the system trusts is asked of it when the first connection is made.
///
/// # Errors
/// When the file of trusted certificates cannot be used.
pub fn new(settings: &Settings<'_>) -> Result<Agent, BadCaFile> {
    // ureq takes the provider that is installed for the process; that there is one already is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusted = match settings.ca_file {
        Some(file) => RootCerts::Specific(Arc::new(read(file)?)),
        None => RootCerts::PlatformVerifier,
    };
    let config = Agent::config_builder()
        .user_agent(concat!("runkey/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .tls_config(TlsConfig::builder().root_certs(trusted).build())
        .proxy(settings.proxy.clone().map(|proxy| proxy.0));
    Ok(config.build().into())
}

fn read(file: &Path) -> Result<Vec<Certificate<'static>>, BadCaFile> {
    let mut pem = Vec::new();
    File::open(file)
        .and_then(|file| file.take(LONGEST_CA_FILE).read_to_end(&mut pem))
        .map_err(BadCaFile::Unreadable)?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .map(|der| der.map(|der| Certificate::from_der(&der).to_owned()))
        .collect::<Result<_, _>>()
        .map_err(|_| BadCaFile::Damaged)?;
    if certificates.is_empty() {
        return Err(BadCaFile::Empty);
    }
    Ok(certificates)
}
