//! Errors of real handshakes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection};
use ureq::Agent;
use ureq::tls::Certificate;

use super::*;
use crate::error::{Error, ErrorKind};
use crate::{Address, Proxy};

const TIMEOUT: Duration = Duration::from_secs(10);

/// A CA, and what it issues.
struct Ca {
    issuer: Issuer<'static, KeyPair>,
    root: rcgen::Certificate,
}

impl Ca {
    fn new() -> Self {
        Self::named("Test CA")
    }

    fn named(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        Self { issuer, root }
    }

    fn server(&self, change: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = key.serialize_der().try_into().unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap()
    }

    fn agent(&self) -> Agent {
        let root = Certificate::from_der(self.root.der()).to_owned();
        let tls = TlsConfig::builder().root_certs(RootCerts::Specific(vec![root].into()));
        let config = Agent::config_builder().tls_config(tls.build());
        config.http_status_as_error(false).build().into()
    }
}

/// Serves one connection.
fn serve(work: impl FnOnce(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || work(listener.accept().unwrap().0));
    address
}

fn serve_tls(config: ServerConfig) -> SocketAddr {
    serve(move |mut stream| {
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut tls = rustls::Stream::new(&mut connection, &mut stream);
        let _ = tls.read(&mut [0; 1024]);
        let _ = tls.flush();
        let _ = stream.read(&mut [0; 1024]);
    })
}

fn get(agent: &Agent, url: &str) -> Error {
    let address = Address::parse(url).unwrap();
    let request = agent.get(address.as_str()).config();
    let error = request.timeout_global(Some(TIMEOUT)).build().call();
    classify(error.unwrap_err(), agent, &address, TIMEOUT)
}

fn certificate_error(change: impl FnOnce(&mut CertificateParams)) -> (ErrorKind, String) {
    let ca = Ca::new();
    let server = serve_tls(ca.server(change));
    let error = get(&ca.agent(), &format!("https://localhost:{}", server.port()));
    (error.kind, error.to_string())
}

#[test]
fn problems_of_certificates_are_told_apart() {
    for (change, problem, cause) in [
        (
            (|params| params.not_after = date_time_ymd(2020, 1, 2)) as fn(&mut CertificateParams),
            CertificateProblem::Expired,
            "expired at 2020-01-02T00:00:00Z (this machine's clock: ",
        ),
        (
            |params| params.not_before = date_time_ymd(2999, 1, 2),
            CertificateProblem::NotYetValid,
            "is not valid until 2999-01-02T00:00:00Z",
        ),
        (
            |params| {
                let name = "a.example".try_into().unwrap();
                params.subject_alt_names = vec![rcgen::SanType::DnsName(name)];
            },
            CertificateProblem::WrongName,
            "is not valid for localhost, only for ",
        ),
        (
            |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            CertificateProblem::CaAsServer,
            "is a CA certificate (CA:TRUE)",
        ),
    ] {
        let (kind, text) = certificate_error(change);
        assert_eq!(kind, ErrorKind::Certificate(problem), "{text}");
        assert!(text.starts_with("the certificate of localhost:"), "{text}");
        assert!(text.contains(cause), "{text}");
    }
}

#[test]
fn unknown_issuer_is_told() {
    for name in ["Other CA", "Test CA"] {
        let server = serve_tls(Ca::new().server(|_| ()));
        let agent = Ca::named(name).agent();
        let error = get(&agent, &format!("https://localhost:{}", server.port()));
        let expected = ErrorKind::Certificate(CertificateProblem::UnknownIssuer);
        assert_eq!(error.kind, expected, "{error}");
    }
}

#[test]
fn missing_roots_and_other_handshake_failures_are_told() {
    let agent = agent(None, None).unwrap();
    let address = Address::parse("https://h").unwrap();
    let weak = rustls::CertificateError::UnsupportedSignatureAlgorithmContext {
        signature_algorithm_id: Vec::new(),
        supported_algorithms: Vec::new(),
    };
    let alert = rustls::AlertDescription::HandshakeFailure;
    for (error, kind) in [
        (
            rustls::Error::General("any".into()),
            ErrorKind::Certificate(CertificateProblem::NoTrustedRoots),
        ),
        (
            rustls::Error::InvalidCertificate(weak),
            ErrorKind::Certificate(CertificateProblem::Weak),
        ),
        (rustls::Error::AlertReceived(alert), ErrorKind::Tls),
        (rustls::Error::DecryptError, ErrorKind::Tls),
    ] {
        let error = classify(ureq::Error::Rustls(error), &agent, &address, TIMEOUT);
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.to_string().contains("h:443"), "{error}");
    }
}

#[test]
fn required_client_certificate_is_told() {
    let ca = Ca::new();
    let mut roots = RootCertStore::empty();
    roots.add(ca.root.der().clone()).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let verifier = WebPkiClientVerifier::builder(roots.into()).build().unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &ca.issuer).unwrap();
    let key = key.serialize_der().try_into().unwrap();
    let config = ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let server = serve_tls(config);
    let error = get(&ca.agent(), &format!("https://localhost:{}", server.port()));
    let expected = ErrorKind::Certificate(CertificateProblem::ClientCertificateRequired);
    assert_eq!(error.kind, expected, "{error}");
}

/// Answers whatever comes first with these bytes, and reads the rest: unread bytes would reset the
/// connection.
fn answering(answer: &'static [u8]) -> SocketAddr {
    serve(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        while stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {}
    })
}

#[test]
fn wrong_scheme_is_told_by_what_server_sends() {
    let agent = Ca::new().agent();
    let server = answering(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let error = get(&agent, &format!("https://{server}"));
    assert_eq!(error.kind, ErrorKind::WrongScheme, "{error}");
    assert!(
        error
            .to_string()
            .contains("speaks http, but the URL begins with https")
    );

    let server = answering(b"\x15\x03\x01\x00\x02\x02\x46");
    let error = get(&agent, &format!("http://{server}"));
    assert_eq!(error.kind, ErrorKind::NotOctopus, "{error}");
    assert!(
        error
            .to_string()
            .ends_with("is not HTTP (it may expect https)"),
        "{error}"
    );

    let plain = Address::parse("http://octopus.example").unwrap();
    let nginx = b"<center>The plain HTTP request was sent to HTTPS port</center>";
    assert!(expects_tls(&plain, 400, nginx));
    assert!(!expects_tls(&plain, 200, nginx) && !expects_tls(&plain, 400, b"no"));
    assert!(!expects_tls(
        &Address::parse("https://h").unwrap(),
        400,
        nginx
    ));
}

#[test]
fn broken_connections_are_told_apart() {
    let agent = agent(None, None).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let error = get(&agent, &format!("http://{closed}"));
    assert_eq!(
        error.to_string(),
        format!("cannot connect to {closed}: connection refused")
    );
    assert_eq!(error.kind, ErrorKind::Connect);

    let server = answering(b"HTTP/1.1 200 OK\r\nContent-Le");
    let error = get(&agent, &format!("http://{server}"));
    assert_eq!(error.kind, ErrorKind::ConnectionLost, "{error}");

    let address = Address::parse("http://name.invalid").unwrap();
    let error = classify(ureq::Error::HostNotFound, &agent, &address, TIMEOUT);
    assert_eq!(error.kind, ErrorKind::Dns, "{error}");
    assert_eq!(error.to_string(), "cannot resolve host name.invalid");

    let error = timed_out("h:443", Duration::from_millis(29_990));
    assert_eq!(error.to_string(), "no response from h:443 within 30s");
}

#[test]
fn refusal_of_proxy_is_told_with_status() {
    for (answer, kind, is_transient, status) in [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n".as_slice(),
            ErrorKind::ProxyAuth,
            false,
            "407 Proxy Authentication Required",
        ),
        (
            b"HTTP/1.1 403 x\r\n\r\n",
            ErrorKind::Connect,
            false,
            "403 Forbidden",
        ),
        (
            b"HTTP/1.1 503 x\r\n\r\n",
            ErrorKind::Connect,
            true,
            "503 Service Unavailable",
        ),
    ] {
        let proxy = answering(answer);
        let proxy = Proxy::for_test(&format!("http://{proxy}"));
        let agent = agent(None, Some(&proxy)).unwrap();
        let error = get(&agent, "https://octopus.example");
        assert_eq!(error.kind, kind, "{error}");
        assert_eq!(error.is_transient(), is_transient, "{error}");
        assert!(error.to_string().contains(status), "{error}");
        assert!(
            error
                .to_string()
                .contains("octopus.example:443 through proxy 127.0.0.1:")
        );
    }
}
