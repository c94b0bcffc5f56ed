//! What can go wrong between here and the server.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use super::Id;
use crate::duration;
use crate::stranger::Stranger;

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed. `Display` gives half a sentence, to follow what was being done and a colon.
#[derive(Debug)]
pub enum Error {
    /// No connection, or it broke.
    Connection { server: Stranger, reason: Stranger },
    /// The server speaks http where https was asked for, or the other way round.
    OtherScheme {
        server: Stranger,
        spoken: &'static str,
    },
    /// The server's name, or the proxy's, is not known here, or could not be looked up.
    UnknownName { server: Stranger },
    /// No whole answer in the time allowed for one request.
    TimedOut { server: Stranger, after: Duration },
    /// The server's certificate was not accepted; trying again would not help.
    Certificate { reason: Stranger },
    /// The server's own certificate is one of an authority, which TLS does not allow.
    AuthorityAsServer,
    /// An answer other than success.
    Status {
        status: u16,
        said: Option<Stranger>,
        retry_after: Option<Duration>,
        from_octopus: bool,
        /// An earlier attempt may have been carried out, though its answer was lost.
        after_lost_answer: bool,
    },
    /// The server points elsewhere, where the credential must not go.
    Redirected { status: u16, to: Stranger },
    /// An answer that is not HTTP; it may be half of one.
    NotHttp,
    /// A whole answer that is not Octopus's JSON, and the id in it, if that much can be read.
    Unreadable { reason: String, id: Option<Id> },
    /// A list whose end was not reached.
    Endless { items: usize },
}

/// What the trouble is, as far as what to do about it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    Unreachable,
    OtherScheme,
    Slow,
    UnknownCertificate,
    AuthorityAsServer,
    Redirected,
    NotOctopus,
    EndlessList,
    DeadCredential,
    NotAllowed,
    Unknown,
    Busy,
    ServerFault,
    Objection,
}

impl Error {
    /// Whether the same request may succeed in a while.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connection { .. }
            | Self::UnknownName { .. }
            | Self::TimedOut { .. }
            | Self::NotHttp
            | Self::Unreadable { .. } => true,
            Self::Status { status, .. } => matches!(status, 202 | 429 | 500 | 502..=504),
            Self::OtherScheme { .. }
            | Self::Certificate { .. }
            | Self::AuthorityAsServer
            | Self::Redirected { .. }
            | Self::Endless { .. } => false,
        }
    }

    /// Whether the request may have been carried out all the same.
    ///
    /// What stands before the server may hold its answer back and give one of its own.
    pub fn may_have_been_done(&self) -> bool {
        let is_anothers_answer = match self {
            Self::Status { from_octopus, .. } => !from_octopus,
            Self::Redirected { .. } => true,
            _ => false,
        };
        let was_not_sent = matches!(self, Self::UnknownName { .. });
        (self.is_transient() || is_anothers_answer)
            && !was_not_sent
            && self.trouble() != Trouble::Busy
    }

    /// What kind of trouble this is.
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Connection { .. } | Self::UnknownName { .. } => Trouble::Unreachable,
            Self::OtherScheme { .. } => Trouble::OtherScheme,
            Self::TimedOut { .. } => Trouble::Slow,
            Self::Certificate { .. } => Trouble::UnknownCertificate,
            Self::AuthorityAsServer => Trouble::AuthorityAsServer,
            Self::Redirected { .. } => Trouble::Redirected,
            Self::NotHttp | Self::Unreadable { .. } => Trouble::NotOctopus,
            Self::Endless { .. } => Trouble::EndlessList,
            Self::Status { status, .. } => match status {
                401 => Trouble::DeadCredential,
                403 => Trouble::NotAllowed,
                404 => Trouble::Unknown,
                429 => Trouble::Busy,
                500..=599 => Trouble::ServerFault,
                _ => Trouble::Objection,
            },
        }
    }

    /// Whether Octopus itself, and no proxy in its place, answered so.
    pub fn is_octopus_own(&self) -> bool {
        matches!(
            self,
            Self::Status {
                from_octopus: true,
                ..
            }
        )
    }

    /// Whether Octopus itself says that the credential is no good.
    pub fn is_dead_credential(&self) -> bool {
        self.is_octopus_own() && self.trouble() == Trouble::DeadCredential
    }

    /// Whether Octopus itself says that the account may not do this.
    pub fn is_not_allowed(&self) -> bool {
        self.is_octopus_own() && self.trouble() == Trouble::NotAllowed
    }

    /// Whether Octopus itself says that there is no such thing.
    pub fn is_unknown(&self) -> bool {
        self.is_octopus_own() && self.trouble() == Trouble::Unknown
    }

    /// Whether Octopus itself objects to what was asked for.
    pub fn is_objection(&self) -> bool {
        self.is_octopus_own() && self.trouble() == Trouble::Objection
    }

    /// Whether an earlier attempt may have been carried out, though its answer was lost.
    pub fn follows_lost_answer(&self) -> bool {
        matches!(
            self,
            Self::Status {
                after_lost_answer: true,
                ..
            }
        )
    }

    /// Notes whether an earlier attempt may have been carried out.
    pub(super) fn after_lost_answer(mut self, lost: bool) -> Self {
        if let Self::Status {
            after_lost_answer, ..
        } = &mut self
        {
            *after_lost_answer = lost;
        }
        self
    }

    /// The server's own words.
    pub fn said(&self) -> Option<&Stranger> {
        match self {
            Self::Status { said, .. } => said.as_ref(),
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
            Self::Connection { server, reason } => {
                write!(f, "no connection to '{server}' ({reason})")
            }
            Self::OtherScheme { server, spoken } => {
                write!(f, "'{server}' speaks {spoken}, not what the URL says")
            }
            Self::UnknownName { server } => write!(
                f,
                "no connection to '{server}' (the name could not be looked up)"
            ),
            Self::TimedOut { server, after } => write!(
                f,
                "no answer from '{server}' within {}",
                duration::describe(*after)
            ),
            Self::Certificate { reason } => {
                write!(f, "the server's certificate was not accepted ({reason})")
            }
            Self::AuthorityAsServer => f.write_str(
                "the server's own certificate is made as that of an authority (CA:TRUE), \
                 which is refused for a server even when --ca-file trusts it (CaUsedAsEndEntity)",
            ),
            Self::Status { status, .. } => f.write_str(&match status {
                200..=299 => format!("the server answered {status}, but did not do it"),
                401 => "the server did not accept the credential (401)".to_owned(),
                403 => "the server refused it (403)".to_owned(),
                404 => "the server does not know it (404)".to_owned(),
                429 => "the server's rate limit is used up (429)".to_owned(),
                _ => format!("the server answered {status}"),
            }),
            Self::Redirected { status, to } => write!(
                f,
                "the server redirects to '{to}' ({status}), which is not followed"
            ),
            Self::NotHttp => f.write_str("the answer is not what Octopus sends (not HTTP)"),
            Self::Unreadable { reason, .. } => {
                write!(f, "the answer is not what Octopus sends ({reason})")
            }
            Self::Endless { items } => {
                write!(f, "the server's list has no end ({items} items were read)")
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
    errors: Option<Vec<String>>,
}

impl ErrorBody {
    /// The message and the list of errors, each said once.
    pub fn into_text(self) -> Stranger {
        let mut sentences = vec![self.error_message];
        for error in self.errors.unwrap_or_default() {
            if !sentences.contains(&error) {
                sentences.push(error);
            }
        }
        sentences.join(" ").into()
    }
}
