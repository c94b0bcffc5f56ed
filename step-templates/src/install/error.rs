//! What can go wrong between here and the server.

use std::fmt;

/// The result of a request.
pub type Result<T> = std::result::Result<T, Error>;

/// The longest part of a stranger's text that is shown, in characters.
const LONGEST_TEXT: usize = 500;

/// Why a request failed. `Display` says what happened, what the server said, and what to do next.
#[derive(Debug)]
pub enum Error {
    /// The credential cannot be sent at all.
    NoCredential,
    /// No connection, or it broke, or it took too long.
    NoAnswer {
        /// Where to.
        host: String,
        /// Why.
        reason: String,
    },
    /// An answer other than success.
    Refused {
        /// The answer's status.
        status: u16,
        /// The server's own words; empty where there are none.
        said: String,
    },
    /// The server points elsewhere, where the credential must not go.
    Redirected {
        /// The answer's status.
        status: u16,
        /// Where to.
        to: String,
    },
    /// An answer that is not Octopus's.
    NotOctopus(String),
}

impl Error {
    /// Whether the server has it already.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused { status: 409, .. })
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::NoCredential => "Copy the key or the token anew.",
            Self::NoAnswer { reason, .. } if reason.contains("certificate") => {
                "The certificate of an authority of your own must be among those that this system trusts (on Linux, SSL_CERT_FILE can name them)."
            }
            Self::NoAnswer { .. } => {
                "Check OCTOPUS_URL, and whether this machine reaches the server. To run this again is safe."
            }
            Self::Refused { status: 401, .. } => {
                "Check OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN: it may be another server's, revoked or expired."
            }
            Self::Refused { status: 403, .. } => {
                "The account needs the permissions BuiltInFeedPush, ActionTemplateView, ActionTemplateCreate and ActionTemplateEdit in the space."
            }
            Self::Refused { status: 404, .. } | Self::NotOctopus(_) => {
                "Check OCTOPUS_URL: it must name the server as the browser does, with its virtual directory if it has one."
            }
            Self::Refused {
                status: 429 | 500..,
                ..
            } => "Run this again in a while; what is there by then is left alone.",
            Self::Refused { .. } => "Mend what the server complains about, and run this again.",
            Self::Redirected { .. } => {
                "Set OCTOPUS_URL to where the server really is. The credential is sent nowhere else."
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCredential => f.write_str("the credential holds characters that none has.")?,
            Self::NoAnswer { host, reason } => write!(f, "no answer from '{host}' ({reason}).")?,
            Self::Refused { status, said } if said.is_empty() => {
                write!(f, "the server answered {status}.")?;
            }
            Self::Refused { status, said } => {
                write!(f, "the server answered {status} and said: {said}")?;
            }
            Self::Redirected { status, to } => {
                write!(
                    f,
                    "the server redirects to '{to}' ({status}), which is not followed."
                )?;
            }
            Self::NotOctopus(what) => {
                write!(f, "the answer is not what Octopus sends ({what}).")?;
            }
        }
        write!(f, "\n{}", self.advice())
    }
}

impl std::error::Error for Error {}

/// A stranger's text, cut and without what a terminal would take for a command.
#[must_use]
pub fn printable(text: &str) -> String {
    let one_line = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    one_line.take(LONGEST_TEXT).collect()
}
