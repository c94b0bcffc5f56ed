//! Certificates from PEM files.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The certificates in a file that someone named.
///
/// # Errors
/// Says why the file cannot be used, to follow its name.
pub fn read_given(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let pem = std::fs::read(file).map_err(|error| format!("cannot be read: {error}."))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|_| "is damaged: a block in it is not PEM.")?;
    if certificates.is_empty() {
        return Err(
            "holds no certificate. It must be PEM, with '-----BEGIN CERTIFICATE-----'.".into(),
        );
    }
    Ok(certificates)
}

/// The certificates in the one file in which most Unix systems keep all that they trust; none if
/// this system keeps them in another way, or `SSL_CERT_DIR` alone says where they are.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn system_bundle() -> Vec<CertificateDer<'static>> {
    use std::env::var_os;
    if var_os("SSL_CERT_DIR").is_some() && var_os("SSL_CERT_FILE").is_none() {
        return Vec::new();
    }
    let file = openssl_probe::probe().cert_file;
    let pem = file.and_then(|file| std::fs::read(file).ok());
    read_public(&pem.unwrap_or_default())
}

/// Reads certificates and passes over all else. The library's reader decodes in constant time, to
/// hide private keys; for what is public that is eight times as slow as it need be.
#[cfg(all(unix, not(target_os = "macos")))]
fn read_public(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;

    let mut certificates = Vec::new();
    let mut block: Option<Vec<u8>> = None;
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', pem).chain([pem.len()]) {
        let line = pem[start..end].trim_ascii();
        start = end + 1;
        match (line, &mut block) {
            (b"-----BEGIN CERTIFICATE-----", _) => block = Some(Vec::with_capacity(3072)),
            (b"-----END CERTIFICATE-----", Some(text)) => {
                certificates.extend(BASE64_STANDARD.decode(text).map(CertificateDer::from));
                block = None;
            }
            (_, Some(text)) => text.extend_from_slice(line),
            (_, None) => {}
        }
    }
    certificates
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::*;

    #[test]
    fn reads_the_systems_certificates_as_the_library_does() {
        let ours = system_bundle();
        let file = openssl_probe::probe().cert_file;
        let theirs = rustls_native_certs::load_certs_from_paths(file.as_deref(), None).certs;
        let [ours, theirs] = [ours, theirs].map(|certificates| {
            let mut sorted: Vec<_> = certificates.into_iter().map(|der| der.to_vec()).collect();
            sorted.sort();
            sorted.dedup();
            sorted
        });
        assert_eq!(ours, theirs);
    }

    #[test]
    fn passes_over_what_is_no_certificate() {
        let pem = "text\n-----BEGIN CERTIFICATE-----\nAAEC\nAw==\n-----END CERTIFICATE-----\n\
                   -----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n\
                   -----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n";
        assert_eq!(
            read_public(pem.as_bytes()),
            [CertificateDer::from(vec![0, 1, 2, 3])]
        );
    }
}
