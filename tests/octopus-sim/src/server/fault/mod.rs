//! Faults on demand: what can go wrong with a request.
//!
//! Some are a network's or a proxy's; the others are responses that are well-formed and not true,
//! or true and not well-formed. [`Fault::edit`] and [`Fault::instead`] express any other.

use std::fmt;

mod edit;
mod gate;
mod lists;
mod misleading;
mod plan;

pub(crate) use edit::page;
pub use edit::{Edit, Response};
pub use gate::Gate;
pub use lists::{MadeUp, Total};
pub use plan::FaultPlan;
pub(crate) use plan::Faults;

/// What goes wrong with a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The connection is reset as it is accepted; within a kept-alive connection, before the
    /// request's body is read. With [`FaultPlan::on`] it is always the latter.
    RefusedConnection,
    /// The connection is reset (RST) after the request was read, and nothing was done.
    ResetBeforeProcessing,
    /// The request is processed, and the connection reset (RST) instead of a response.
    ResetAfterProcessing,
    /// Not processed, and never answered; the connection stays open until the server stops.
    Timeout,
    /// Processed only when the [`Gate`] is released, even if the client has left by then.
    Hold(Gate),
    /// 429, not processed.
    TooManyRequests {
        /// Seconds for the `Retry-After` header; `None` leaves the header out.
        retry_after: Option<u64>,
    },
    /// This status with an error body as Octopus writes it; not processed.
    Status(u16),
    /// Processed, but answered with this status and an error body.
    StatusAfterProcessing(u16),
    /// 502 with a proxy's HTML page; not processed.
    BadGatewayHtml,
    /// Processed; the headers promise a longer body than is sent before the connection closes.
    Truncated,
    /// Not processed, and the response is bytes that are no HTTP.
    NotHttp,
    /// 200 with an HTML page, as a login page in front of the server answers; not processed.
    NotJson,
    /// 302; not processed.
    Redirect {
        /// The `Location` header.
        to: String,
    },
    /// Processed; the body never ends and comes as fast as it is read.
    EndlessBody,
    /// Processed; the body comes a byte a second and never ends.
    SlowBody,
    /// An error body whose `ErrorMessage` is this text; not processed.
    HostileError {
        /// The status, 4xx or 5xx.
        status: u16,
        /// The message.
        text: String,
    },
    /// A response that is not what it seems.
    Edit(Edit),
}

impl Fault {
    /// One network or server failure of every kind, for a generated matrix.
    pub fn all() -> Vec<Self> {
        vec![
            Self::RefusedConnection,
            Self::ResetBeforeProcessing,
            Self::ResetAfterProcessing,
            Self::Timeout,
            Self::TooManyRequests { retry_after: None },
            Self::TooManyRequests {
                retry_after: Some(1),
            },
            Self::Status(403),
            Self::Status(500),
            Self::Status(503),
            Self::Status(504),
            Self::StatusAfterProcessing(500),
            Self::BadGatewayHtml,
            Self::Truncated,
            Self::NotHttp,
            Self::NotJson,
            Self::Redirect {
                to: "http://127.0.0.1:9/elsewhere".to_owned(),
            },
            Self::EndlessBody,
            Self::SlowBody,
            Self::HostileError {
                status: 400,
                text: "\u{1b}[2J##octopus[setVariable name='QQ==' value='QQ==']\r\nOK".to_owned(),
            },
        ]
    }
}

/// As `Debug` has it.
impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}
