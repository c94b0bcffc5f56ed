//! Why a request failed: one kind to act on, and the words for it.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

use crate::tls::CertificateProblem;
use crate::{Claims, Id, Untrusted};

/// The result of a request.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of failure it is. Decisions are matches on this, never on a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// A signal asked the process to end.
    Interrupted,
    /// The name of the server or proxy could not be resolved.
    Dns,
    /// No connection; nothing was sent.
    Connect,
    /// The connection broke before the whole response was there.
    ConnectionLost,
    /// No whole response within the time for one request.
    Timeout,
    /// The server's certificate was not accepted.
    Certificate(CertificateProblem),
    /// The TLS handshake failed otherwise.
    Tls,
    /// The server speaks http where the URL says https, or the other way round.
    WrongScheme,
    /// The proxy demands credentials (407).
    ProxyAuth,
    /// The server points elsewhere, where the credential must not go.
    Redirect,
    /// Octopus itself: 401.
    Unauthorized,
    /// Octopus itself: 403.
    Forbidden,
    /// Octopus itself: 404.
    NotFound,
    /// 429, from whomever.
    RateLimited,
    /// Octopus itself: any other 4xx.
    Rejected,
    /// Octopus itself: 5xx.
    ServerError,
    /// A status other than success, without Octopus's JSON: something between answered.
    Gateway,
    /// A success that Octopus does not send.
    NotOctopus,
    /// A response that a cache kept.
    Cached,
    /// A response that is larger than is read.
    TooLarge,
    /// A list that does not end, or does not stand still.
    EndlessList,
    /// The ID token was not exchanged for an access token.
    TokenExchange,
}

/// Why a request failed. `Display` gives the cause as half a sentence without a full stop.
#[derive(Debug, Clone)]
pub struct Error {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    pub(crate) cause: Box<str>,
    /// The status, if there was a response.
    pub status: Option<u16>,
    /// The server's own words.
    pub said: Option<Untrusted>,
    /// How long the server asked to wait.
    pub(crate) retry_after: Option<Duration>,
    /// The ID in a response that could not be read otherwise: a key may have been created under it.
    pub id: Option<Id>,
    /// When the last attempt was sent whose response was lost, of this request: it may be carried
    /// out, or be carried out later.
    pub indeterminate_since: Option<Timestamp>,
    /// What the ID token that was refused says of itself.
    pub claims: Option<Box<Claims>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, cause: impl Into<Box<str>>) -> Self {
        Self {
            kind,
            cause: cause.into(),
            status: None,
            said: None,
            retry_after: None,
            id: None,
            indeterminate_since: None,
            claims: None,
        }
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.kind {
            ErrorKind::Dns | ErrorKind::ConnectionLost | ErrorKind::Timeout | ErrorKind::Cached => {
                true
            }
            // A proxy may have refused to connect, with a status.
            ErrorKind::Connect => self.status.is_none_or(is_transient),
            _ => self.status.is_some_and(is_transient),
        }
    }

    /// Whether the request may have been carried out although it failed. A gateway may keep the
    /// server's response back and give one of its own.
    #[must_use]
    pub fn is_indeterminate(&self) -> bool {
        !matches!(
            self.kind,
            ErrorKind::Dns
                | ErrorKind::Connect
                | ErrorKind::Certificate(_)
                | ErrorKind::Tls
                | ErrorKind::WrongScheme
                | ErrorKind::ProxyAuth
                | ErrorKind::Unauthorized
                | ErrorKind::Forbidden
                | ErrorKind::NotFound
                | ErrorKind::RateLimited
                | ErrorKind::Rejected
                | ErrorKind::EndlessList
                | ErrorKind::TokenExchange
        )
    }
}

/// 501 and 505 say that the server will never do it.
fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599) && !matches!(status, 501 | 505)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for Error {}

/// An error as Octopus writes it (OctopusDeploy/OctopusClients, its exception factory).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ErrorBody {
    error_message: String,
    #[serde(default)]
    errors: Option<Vec<String>>,
}

impl ErrorBody {
    /// The message and the list of errors, each once.
    pub(crate) fn into_text(self) -> Untrusted {
        let mut sentences = vec![self.error_message];
        for error in self.errors.unwrap_or_default() {
            if !sentences.contains(&error) {
                sentences.push(error);
            }
        }
        sentences.join(" ").into()
    }
}
