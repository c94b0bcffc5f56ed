//! Tells apart what the HTTP library reports.

use std::io;
use std::time::Duration;

use super::{Address, Error};
use crate::stranger::Stranger;

/// Says in our words what broke on the way to the server.
pub fn classify(error: ureq::Error, address: &Address, timeout: Duration) -> Error {
    let connection = |reason: &str| Error::Connection {
        server: address.authority().into(),
        reason: reason.into(),
    };
    match error {
        ureq::Error::Timeout(_) => Error::TimedOut { after: timeout },
        ureq::Error::HostNotFound => connection("the name is not known"),
        ureq::Error::ConnectionFailed => connection("it could not be reached"),
        ureq::Error::ConnectProxyFailed(reason) => Error::Connection {
            server: address.authority().into(),
            reason: format!("the proxy said: {}", Stranger::from(reason)).into(),
        },
        ureq::Error::Rustls(tls) => classify_tls(&tls, address),
        ureq::Error::Io(error) => classify_io(&error, address),
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

fn classify_io(error: &io::Error, address: &Address) -> Error {
    let inside = error
        .get_ref()
        .and_then(|inside| inside.downcast_ref::<rustls::Error>());
    if let Some(tls) = inside {
        return classify_tls(tls, address);
    }
    let reason = match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionAborted => "connection reset".to_owned(),
        io::ErrorKind::UnexpectedEof => {
            "connection closed before the whole answer was there".to_owned()
        }
        // The system's own words, such as those of a name look-up; they quote nothing.
        _ => error.to_string(),
    };
    Error::Connection {
        server: address.authority().into(),
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
