//! Tells apart what the HTTP library reports of a connection.

use std::io;
use std::time::Duration;

use jiff::{SignedDuration, Unit};
use rustls::{AlertDescription, InvalidMessage, PeerIncompatible};
use ureq::http::StatusCode;
use ureq::{Agent, Timeout};

use super::certificate::{self, CertificateProblem};
use crate::error::{Error, ErrorKind};
use crate::{Address, Untrusted};

/// How Rust's library begins what it says of a name that the system could not resolve.
const DNS_FAILURE: &str = "failed to lookup address information";
/// What Windows says of such a name, from `WSAHOST_NOT_FOUND` to `WSANO_DATA`.
const DNS_FAILURES_ON_WINDOWS: std::ops::RangeInclusive<i32> = 11001..=11004;
/// What servers say to plain http on a port that expects TLS: nginx, Go, Apache, Tomcat.
const TLS_EXPECTED: [&str; 4] = [
    "plain HTTP request was sent to HTTPS port",
    "HTTP request to an HTTPS server",
    "speaking plain HTTP to an SSL-enabled server port",
    "This combination of host and port requires TLS",
];

/// Returns what broke on the way to the server.
pub(crate) fn classify(
    error: ureq::Error,
    agent: &Agent,
    address: &Address,
    timeout: Duration,
) -> Error {
    let server = server(agent, address);
    match error {
        ureq::Error::Timeout(Timeout::Resolve) | ureq::Error::HostNotFound => {
            unresolved(agent, address)
        }
        ureq::Error::Timeout(_) => timed_out(&server, timeout),
        ureq::Error::ConnectProxyFailed(reason) => proxy_refused(&reason, &server),
        // Only the system's verifier, which is made before the handshake, reports this so.
        ureq::Error::Rustls(rustls::Error::General(_)) => Error::new(
            ErrorKind::Certificate(CertificateProblem::NoTrustedRoots),
            format!(
                "cannot verify the certificate of {server}: this machine has no CA certificates"
            ),
        ),
        ureq::Error::Rustls(error) => tls(&error, &server, address),
        ureq::Error::Tls(reason) => Error::new(ErrorKind::Tls, handshake_failed(&server, reason)),
        ureq::Error::Io(error) => io(&error, &server, agent, address),
        ureq::Error::Protocol(_) => not_http(&server, address),
        ureq::Error::LargeResponseHeader(..) => Error::new(
            ErrorKind::TooLarge,
            format!("the headers of the response from {server} are too large"),
        ),
        ureq::Error::BodyExceedsLimit(limit) => Error::new(
            ErrorKind::TooLarge,
            format!("the response from {server} is larger than {limit} bytes"),
        ),
        ureq::Error::BodyStalled => lost(&server, "the response is incomplete"),
        ureq::Error::ConnectionFailed => cannot_connect(&server, "unknown cause"),
        // The library's own words; they quote no header and no body.
        other => cannot_connect(&server, &other.to_string()),
    }
}

/// Returns the server that connections go to, with its port, and the proxy before it.
pub(crate) fn server(agent: &Agent, address: &Address) -> String {
    match agent.config().proxy() {
        Some(proxy) => {
            let proxy = format!("{}:{}", proxy.host(), proxy.port());
            format!(
                "{} through proxy {}",
                address.authority(),
                Untrusted::from(proxy)
            )
        }
        None => address.authority().to_owned(),
    }
}

/// Returns the error of a request whose time is up.
pub(crate) fn timed_out(server: &str, after: Duration) -> Error {
    let unit = if after < Duration::from_secs(1) {
        Unit::Millisecond
    } else {
        Unit::Second
    };
    let after = SignedDuration::try_from(after).unwrap_or(SignedDuration::MAX);
    let after = after.round(unit).unwrap_or(after);
    let cause = format!("no response from {server} within {after:#}");
    Error::new(ErrorKind::Timeout, cause)
}

/// Returns the error of a server that speaks `scheme`, which the URL does not say.
pub(crate) fn wrong_scheme(address: &Address, scheme: &str) -> Error {
    let given = if address.is_secure() { "https" } else { "http" };
    let server = address.authority();
    let cause = format!("{server} speaks {scheme}, but the URL begins with {given}");
    Error::new(ErrorKind::WrongScheme, cause)
}

/// Returns whether a response to plain http says that the server expects TLS.
pub(crate) fn expects_tls(address: &Address, status: u16, body: &[u8]) -> bool {
    let says = |text: &str| body.windows(text.len()).any(|part| part == text.as_bytes());
    !address.is_secure() && status == 400 && TLS_EXPECTED.into_iter().any(says)
}

fn tls(error: &rustls::Error, server: &str, address: &Address) -> Error {
    match error {
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            wrong_scheme(address, "http")
        }
        rustls::Error::InvalidCertificate(error) => {
            let (problem, cause) = certificate::problem(error);
            let cause = format!("the certificate of {server} {cause}");
            Error::new(ErrorKind::Certificate(problem), cause)
        }
        rustls::Error::AlertReceived(alert) if certificate::is_about_client(*alert) => Error::new(
            ErrorKind::Certificate(CertificateProblem::ClientCertificateRequired),
            format!("{server} requires a client certificate, which is not supported"),
        ),
        rustls::Error::AlertReceived(
            AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity,
        ) => {
            let reason =
                "no TLS version or cipher suite in common, or a client certificate is required";
            Error::new(ErrorKind::Tls, handshake_failed(server, reason))
        }
        rustls::Error::PeerIncompatible(PeerIncompatible::NoSignatureSchemesInCommon) => {
            Error::new(
                ErrorKind::Certificate(CertificateProblem::Weak),
                format!("{server} has no signature algorithm in common with this machine"),
            )
        }
        rustls::Error::PeerIncompatible(_) => {
            let reason = "no TLS version or cipher suite in common";
            Error::new(ErrorKind::Tls, handshake_failed(server, reason))
        }
        other => Error::new(ErrorKind::Tls, handshake_failed(server, &other.to_string())),
    }
}

fn handshake_failed(server: &str, reason: &str) -> String {
    let reason = Untrusted::from(reason);
    format!("the TLS handshake with {server} failed: {reason}")
}

fn io(error: &io::Error, server: &str, agent: &Agent, address: &Address) -> Error {
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return tls(error, server, address);
    }
    if is_dns_failure(error) {
        return unresolved(agent, address);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => cannot_connect(server, "connection refused"),
        io::ErrorKind::HostUnreachable => cannot_connect(server, "host unreachable"),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
            cannot_connect(server, "network unreachable")
        }
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => lost(server, "connection reset"),
        io::ErrorKind::UnexpectedEof => lost(server, "the connection was closed too early"),
        // The system's own words; they quote nothing.
        _ => lost(server, &error.to_string()),
    }
}

fn is_dns_failure(error: &io::Error) -> bool {
    let code = error.raw_os_error();
    error.to_string().starts_with(DNS_FAILURE)
        || cfg!(windows) && code.is_some_and(|code| DNS_FAILURES_ON_WINDOWS.contains(&code))
}

/// With a proxy, it is the proxy's name that is resolved here.
fn unresolved(agent: &Agent, address: &Address) -> Error {
    let cause = match agent.config().proxy() {
        Some(proxy) => format!("cannot resolve proxy {}", Untrusted::from(proxy.host())),
        None => format!("cannot resolve host {}", address.host()),
    };
    Error::new(ErrorKind::Dns, cause)
}

fn cannot_connect(server: &str, reason: &str) -> Error {
    let reason = Untrusted::from(reason);
    Error::new(
        ErrorKind::Connect,
        format!("cannot connect to {server}: {reason}"),
    )
}

fn lost(server: &str, reason: &str) -> Error {
    let reason = Untrusted::from(reason);
    let cause = format!("lost the connection to {server}: {reason}");
    Error::new(ErrorKind::ConnectionLost, cause)
}

/// A server that expects TLS answers plain http with an alert, which is no HTTP.
fn not_http(server: &str, address: &Address) -> Error {
    let hint = if address.is_secure() {
        ""
    } else {
        " (it may expect https)"
    };
    let cause = format!("the response from {server} is not HTTP{hint}");
    Error::new(ErrorKind::NotOctopus, cause)
}

/// The library gives the status only in a text.
fn proxy_refused(reason: &str, server: &str) -> Error {
    let numbers = reason.split(|c: char| !c.is_ascii_digit());
    let status = numbers
        .filter_map(|number| number.parse().ok())
        .find(|n| (100..600).contains(n));
    let Some(status) = status else {
        return cannot_connect(server, "the proxy did not respond");
    };
    let phrase = StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason());
    let status_line = format!("{status} {}", phrase.unwrap_or_default());
    let status_line = status_line.trim_end();
    let error = if status == 407 {
        let cause = format!(
            "cannot connect to {server}: the proxy requires authentication ({status_line})"
        );
        Error::new(ErrorKind::ProxyAuth, cause)
    } else {
        cannot_connect(server, &format!("the proxy refused ({status_line})"))
    };
    Error {
        status: Some(status),
        ..error
    }
}
