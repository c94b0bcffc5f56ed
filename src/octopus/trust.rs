//! Whom to trust: the authorities of `--ca-file` and those of the system, either.
//!
//! Reading the system's 140 or so certificates costs several times what all the rest of a step costs,
//! so each store is read only when the ones before it do not vouch for the server. That trusts no
//! less and no more than reading all of them first: a chain ends in one authority.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::pem;

/// Certificates of authorities, read when first needed.
struct Store {
    read: Box<dyn Fn() -> Vec<CertificateDer<'static>> + Send + Sync>,
    /// Nothing when the store is empty.
    verifier: OnceLock<Option<Arc<WebPkiServerVerifier>>>,
}

/// The stores in the order in which they are asked.
pub struct Trust {
    stores: Vec<Store>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    /// Trusts the authorities in `ca_file` and those of the system. Only `ca_file` is read now.
    ///
    /// # Errors
    /// Says why `ca_file` cannot be used, to follow the words "The file '…', given as --ca-file,".
    pub fn new(ca_file: Option<&Path>, provider: Arc<CryptoProvider>) -> Result<Self, String> {
        let mut stores = Vec::new();
        if let Some(file) = ca_file {
            let given = pem::read_given(file)?;
            stores.push(Store::new(move || given.clone()));
        }
        #[cfg(all(unix, not(target_os = "macos")))]
        stores.push(Store::new(pem::system_bundle));
        stores.push(Store::new(|| {
            rustls_native_certs::load_native_certs().certs
        }));
        Ok(Self { stores, provider })
    }
}

impl Store {
    fn new(read: impl Fn() -> Vec<CertificateDer<'static>> + Send + Sync + 'static) -> Self {
        Self {
            read: Box::new(read),
            verifier: OnceLock::new(),
        }
    }

    fn verifier(&self, provider: &Arc<CryptoProvider>) -> Option<&Arc<WebPkiServerVerifier>> {
        let build = || {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates((self.read)());
            let provider = Arc::clone(provider);
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .ok()
        };
        self.verifier.get_or_init(build).as_ref()
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let unknown = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let mut refusal = unknown.clone();
        for store in &self.stores {
            let Some(verifier) = store.verifier(&self.provider) else {
                continue;
            };
            match verifier.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            ) {
                Ok(accepted) => return Ok(accepted),
                // What is wrong with the certificate itself says more than that a store lacks its issuer.
                Err(error) if refusal == unknown => refusal = error,
                Err(_) => {}
            }
        }
        Err(refusal)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trust({} stores)", self.stores.len())
    }
}
