//! Tells apart what the HTTP library reports.

use std::io;
use std::time::Duration;

use super::Error;
use crate::text;

/// Says in our words what broke on the way to `host`. The library's own words may quote what was
/// sent, so only those known not to are passed on.
pub fn classify(error: ureq::Error, host: &str) -> Error {
    let connection = |reason: &str| Error::Connection {
        host: host.to_owned(),
        reason: reason.to_owned(),
    };
    match error {
        ureq::Error::Timeout(_) => Error::TimedOut {
            after: Duration::ZERO,
        },
        ureq::Error::HostNotFound => connection("the name is not known"),
        ureq::Error::ConnectionFailed => connection("it could not be reached"),
        ureq::Error::ConnectProxyFailed(reason) => {
            connection(&format!("the proxy said: {}", text::excerpt(&reason)))
        }
        ureq::Error::Other(error) => match error.downcast_ref::<rustls::Error>() {
            Some(tls) => classify_tls(tls, host),
            None => connection("for an unknown reason"),
        },
        ureq::Error::Io(error) => classify_io(&error, host),
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => Error::Unreadable {
            reason: "not HTTP".into(),
        },
        ureq::Error::BodyExceedsLimit(limit) => Error::Unreadable {
            reason: format!("more than {limit} bytes"),
        },
        ureq::Error::LargeResponseHeader(..) => Error::Unreadable {
            reason: "headers without end".into(),
        },
        ureq::Error::BodyStalled => Error::Unreadable {
            reason: "the answer stopped half-way".into(),
        },
        _ => connection("for an unknown reason"),
    }
}

fn classify_io(error: &io::Error, host: &str) -> Error {
    let inside = error
        .get_ref()
        .and_then(|inside| inside.downcast_ref::<rustls::Error>());
    if let Some(tls) = inside {
        return classify_tls(tls, host);
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
        _ => text::excerpt(&error.to_string()),
    };
    Error::Connection {
        host: host.to_owned(),
        reason,
    }
}

fn classify_tls(error: &rustls::Error, host: &str) -> Error {
    match error {
        // The library's verifier names this case only so.
        rustls::Error::InvalidCertificate(reason)
            if format!("{reason:?}").contains("CaUsedAsEndEntity") =>
        {
            Error::AuthorityAsServer
        }
        rustls::Error::InvalidCertificate(reason) => Error::Certificate {
            reason: text::excerpt(&reason.to_string()),
        },
        other => Error::Connection {
            host: host.to_owned(),
            reason: text::excerpt(&format!("TLS: {other}")),
        },
    }
}
