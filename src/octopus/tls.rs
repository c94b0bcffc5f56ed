//! Whom to trust: the system's certificates, and those of `--ca-file` beside them.

use std::path::Path;
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// The TLS settings for these trusted certificates. Verification cannot be switched off.
///
/// # Errors
/// Says why `ca_file` cannot be used, to follow the words "The file '…', given as --ca-file,".
pub fn config(ca_file: Option<&Path>) -> Result<TlsConfig, String> {
    let mut trusted = match ca_file {
        Some(file) => read(file)?,
        None => Vec::new(),
    };
    let system = rustls_native_certs::load_native_certs().certs;
    trusted.extend(
        system
            .iter()
            .map(|certificate| Certificate::from_der(certificate).to_owned()),
    );
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(trusted)))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

fn read(file: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let pem = std::fs::read(file).map_err(|error| format!("cannot be read: {error}."))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(_) => return Err("is damaged: a block in it is not PEM.".into()),
        }
    }
    if certificates.is_empty() {
        return Err(
            "holds no certificate. It must be PEM, with '-----BEGIN CERTIFICATE-----'.".into(),
        );
    }
    Ok(certificates)
}
