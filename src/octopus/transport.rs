//! Tells apart what the HTTP library reports.

use std::io;
use std::time::Duration;

use ureq::{Agent, Timeout};

use super::{Address, Error};
use crate::stranger::Stranger;

/// How long to wait for the answer that tells whether a server speaks https.
const QUICK: Duration = Duration::from_secs(2);
/// How Rust's library begins what it says of a name that the system could not look up.
const LOOK_UP: &str = "failed to lookup address information";
/// What Windows says of such a name, from `WSAHOST_NOT_FOUND` to `WSANO_DATA`.
const LOOK_UP_ON_WINDOWS: std::ops::RangeInclusive<i32> = 11001..=11004;

/// Says in our words what broke on the way to the server.
pub fn classify(error: ureq::Error, agent: &Agent, address: &Address, timeout: Duration) -> Error {
    let server = whom(agent, address);
    let connection = |reason: &str| Error::Connection {
        server: server.clone(),
        reason: reason.into(),
    };
    match error {
        ureq::Error::Timeout(Timeout::Resolve) | ureq::Error::HostNotFound => {
            Error::UnknownName { server }
        }
        ureq::Error::Timeout(_) => Error::TimedOut {
            server,
            after: timeout,
        },
        ureq::Error::ConnectionFailed => connection("it could not be reached"),
        ureq::Error::ConnectProxyFailed(reason) => {
            connection(&format!("the proxy said: {}", Stranger::from(reason)))
        }
        ureq::Error::Rustls(tls) => classify_tls(&tls, address),
        ureq::Error::Io(error) => classify_io(&error, server, address),
        ureq::Error::Protocol(_) if !address.is_secure() && speaks_https(agent, address) => {
            Error::OtherScheme {
                server: address.authority().into(),
                spoken: "https",
            }
        }
        ureq::Error::Protocol(_) | ureq::Error::Http(_) | ureq::Error::LargeResponseHeader(..) => {
            Error::NotHttp
        }
        ureq::Error::BodyExceedsLimit(limit) => Error::Unreadable {
            reason: format!("more than {limit} bytes"),
            id: None,
        },
        ureq::Error::BodyStalled => connection("the answer stopped half-way"),
        _ => connection("for an unknown reason"),
    }
}

/// To whom the connection is made, with the port: the server, or a proxy that stands for it.
fn whom(agent: &Agent, address: &Address) -> Stranger {
    match agent.config().proxy() {
        Some(proxy) => format!(
            "{}' through the proxy '{}:{}",
            address.authority(),
            proxy.host(),
            proxy.port()
        )
        .into(),
        None => address.authority().into(),
    }
}

/// Whether a server that does not answer in HTTP begins a TLS handshake instead. What it sent is not
/// shown by the library, so it is asked once, without a credential.
fn speaks_https(agent: &Agent, address: &Address) -> bool {
    let asked = agent
        .head(format!("https://{}", address.authority()))
        .config()
        .timeout_global(Some(QUICK))
        .build()
        .call();
    let Err(error) = asked else { return true };
    let tls = match &error {
        ureq::Error::Rustls(tls) => Some(tls),
        ureq::Error::Io(error) => tls_inside(error),
        _ => None,
    };
    tls.is_some_and(|tls| !matches!(tls, rustls::Error::InvalidMessage(_)))
}

fn tls_inside(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

fn is_failed_look_up(error: &io::Error) -> bool {
    let code = error.raw_os_error();
    error.to_string().starts_with(LOOK_UP)
        || cfg!(windows) && code.is_some_and(|code| LOOK_UP_ON_WINDOWS.contains(&code))
}

fn classify_io(error: &io::Error, server: Stranger, address: &Address) -> Error {
    if let Some(tls) = tls_inside(error) {
        return classify_tls(tls, address);
    }
    if is_failed_look_up(error) {
        return Error::UnknownName { server };
    }
    let reason = match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionAborted => "connection reset".to_owned(),
        io::ErrorKind::UnexpectedEof => {
            "connection closed before the whole answer was there".to_owned()
        }
        // The system's own words; they quote nothing.
        _ => error.to_string(),
    };
    Error::Connection {
        server,
        reason: reason.into(),
    }
}

fn classify_tls(error: &rustls::Error, address: &Address) -> Error {
    match error {
        rustls::Error::InvalidMessage(_) => Error::OtherScheme {
            server: address.authority().into(),
            spoken: "http",
        },
        // The library's verifier names this case only so.
        rustls::Error::InvalidCertificate(reason)
            if format!("{reason:?}").contains("CaUsedAsEndEntity") =>
        {
            Error::AuthorityAsServer
        }
        rustls::Error::InvalidCertificate(reason) => Error::Certificate {
            reason: reason.to_string().into(),
        },
        other => Error::Connection {
            server: address.authority().into(),
            reason: format!("TLS: {other}").into(),
        },
    }
}
