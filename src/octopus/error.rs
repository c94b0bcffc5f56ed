//! What can go wrong between here and the server.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use crate::lifetime;
use crate::text;

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed. `Display` gives half a sentence, to follow what was being done and a colon.
#[derive(Debug)]
pub enum Error {
    /// No connection, or it broke.
    Connection { host: String, reason: String },
    /// No whole answer in the time allowed for one request.
    TimedOut { after: Duration },
    /// The server's certificate was not accepted; trying again would not help.
    Certificate { reason: String },
    /// The server's own certificate is one of an authority, which TLS does not allow.
    AuthorityAsServer,
    /// An answer other than success.
    Status {
        status: u16,
        said: Option<String>,
        retry_after: Option<Duration>,
        from_octopus: bool,
    },
    /// The server points elsewhere, where the credential must not go.
    Redirected { status: u16, to: String },
    /// An answer that is not Octopus's JSON.
    Unreadable { reason: String },
}

impl Error {
    /// Whether the same request may succeed in a while.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Connection { .. } | Self::TimedOut { .. } | Self::Unreadable { .. } => true,
            Self::Status { status, .. } => matches!(status, 429 | 500 | 502..=504),
            Self::Certificate { .. } | Self::AuthorityAsServer | Self::Redirected { .. } => false,
        }
    }

    /// The status of the answer, if there was one that Octopus itself gave.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status {
                status,
                from_octopus: true,
                ..
            } => Some(*status),
            _ => None,
        }
    }

    /// The server's own words, already made safe to print.
    pub fn said(&self) -> Option<&str> {
        match self {
            Self::Status { said, .. } => said.as_deref(),
            _ => None,
        }
    }

    /// What the server asked to wait before the next attempt.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection { host, reason } => write!(f, "no connection to '{host}' ({reason})"),
            Self::TimedOut { after } => {
                write!(f, "no answer within {}", lifetime::describe(*after))
            }
            Self::Certificate { reason } => {
                write!(f, "the server's certificate was not accepted ({reason})")
            }
            Self::AuthorityAsServer => f.write_str(
                "the server's own certificate is made as that of an authority (CA:TRUE), \
                 which is refused for a server even when --ca-file trusts it (CaUsedAsEndEntity)",
            ),
            Self::Status { status: 401, .. } => {
                f.write_str("the server did not accept the credential (401)")
            }
            Self::Status { status: 403, .. } => f.write_str("the server refused it (403)"),
            Self::Status { status: 404, .. } => f.write_str("the server does not know it (404)"),
            Self::Status { status: 429, .. } => {
                f.write_str("the server's rate limit is used up (429)")
            }
            Self::Status { status, .. } => write!(f, "the server answered {status}"),
            Self::Redirected { status, to } => write!(
                f,
                "the server redirects to '{to}' ({status}), which is not followed"
            ),
            Self::Unreadable { reason } => {
                write!(f, "the answer is not what Octopus sends ({reason})")
            }
        }
    }
}

impl std::error::Error for Error {}

/// An error as Octopus writes it (OctopusDeploy/OctopusClients, its exception factory).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ErrorBody {
    error_message: String,
    #[serde(default)]
    errors: Vec<String>,
}

impl ErrorBody {
    /// The message and the list of errors as one line that is safe to print.
    pub fn into_line(self) -> String {
        let mut sentences = vec![self.error_message];
        for error in self.errors {
            if !sentences.contains(&error) {
                sentences.push(error);
            }
        }
        text::excerpt(&sentences.join(" "))
    }
}
