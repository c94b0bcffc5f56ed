//! Certificates made at the start, and TLS with them.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tempfile::NamedTempFile;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::server::Certificate;

/// What the server is called in its certificate.
const NAMES: [&str; 2] = ["127.0.0.1", "localhost"];

/// The server's half of TLS, and the file for the clients' half.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    /// Deleted when this is dropped.
    authority: NamedTempFile,
}

impl Tls {
    /// TLS with such a certificate.
    pub(crate) fn new(certificate: Certificate) -> Result<Self, rcgen::Error> {
        let mut params = CertificateParams::new(NAMES.map(str::to_owned))?;
        match certificate {
            Certificate::Own => {}
            Certificate::Expired => params.not_after = rcgen::date_time_ymd(2020, 1, 2),
            Certificate::OfAnotherHost => {
                params = CertificateParams::new(["octopus.example".to_owned()])?;
            }
            Certificate::SelfSigned => return Self::self_signed(params),
        }
        Self::signed(&params)
    }

    /// A leaf certificate, signed by a CA made for it.
    fn signed(leaf: &CertificateParams) -> Result<Self, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        make_authority(&mut params, "octopus-sim CA");
        let authority_key = KeyPair::generate()?;
        let authority = params.self_signed(&authority_key)?;
        let issuer = Issuer::new(params, authority_key);

        let key = KeyPair::generate()?;
        let leaf = leaf.signed_by(&key, &issuer)?;
        Ok(Self::with(leaf.der().clone(), &key, &authority.pem()))
    }

    /// One certificate that is server and CA at once, as `openssl req -x509` makes it.
    fn self_signed(mut params: CertificateParams) -> Result<Self, rcgen::Error> {
        make_authority(&mut params, "localhost");
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        let der = certificate.der().clone();
        Ok(Self::with(der, &key, &certificate.pem()))
    }

    /// The CA certificate to trust, as PEM.
    pub(crate) fn authority(&self) -> &Path {
        self.authority.path()
    }

    fn with(certificate: CertificateDer<'static>, key: &KeyPair, authority_pem: &str) -> Self {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config
                    .with_no_client_auth()
                    .with_single_cert(vec![certificate], key)
            })
            .expect("the key belongs to the certificate made with it");
        let mut authority = NamedTempFile::with_suffix(".pem").expect("a temporary folder");
        authority
            .write_all(authority_pem.as_bytes())
            .expect("room for a small file");
        Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            authority,
        }
    }
}

fn make_authority(params: &mut CertificateParams, name: &str) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
        .distinguished_name
        .push(DnType::CommonName, name.to_owned());
}
