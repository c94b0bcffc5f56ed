//! Faults on demand: what can go wrong with a request, and with which one.

use std::fmt;
use std::sync::Mutex;

use crate::server::Lie;
use crate::server::lock::lock;

/// What goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is reset as it is accepted; within a kept-alive connection, before the
    /// request's body is read. With [`FaultPlan::on`] it is always the latter.
    RefusedConnection,
    /// The connection is reset (RST) after the request was read, and nothing was done.
    ResetBeforeProcessing,
    /// The request is processed, and the connection reset (RST) instead of an answer.
    ResetAfterProcessing,
    /// Not processed, and never answered; the connection stays open until the server stops.
    Timeout,
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
    /// Not processed, and the answer is bytes that are no HTTP.
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
    /// An answer that is not what it seems.
    Lie(Lie),
}

impl From<Lie> for Fault {
    fn from(lie: Lie) -> Self {
        Self::Lie(lie)
    }
}

impl Fault {
    /// One lie of every kind, for a generated matrix like that of [`Fault::all`].
    #[must_use]
    pub fn lies() -> Vec<Self> {
        Lie::all().into_iter().map(Self::Lie).collect()
    }

    /// One fault of every kind but lies, for a generated matrix of faults.
    #[must_use]
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

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RefusedConnection => out.write_str("refused connection"),
            Self::ResetBeforeProcessing => out.write_str("reset before processing"),
            Self::ResetAfterProcessing => out.write_str("reset after processing"),
            Self::Timeout => out.write_str("timeout"),
            Self::TooManyRequests { retry_after: None } => out.write_str("429"),
            Self::TooManyRequests {
                retry_after: Some(seconds),
            } => write!(out, "429, retry after {seconds} s"),
            Self::Status(status) => write!(out, "status {status}"),
            Self::StatusAfterProcessing(status) => write!(out, "status {status} after processing"),
            Self::BadGatewayHtml => out.write_str("502 with HTML"),
            Self::Truncated => out.write_str("truncated body"),
            Self::NotHttp => out.write_str("not HTTP"),
            Self::NotJson => out.write_str("not JSON"),
            Self::Redirect { to } => write!(out, "redirect to {to}"),
            Self::EndlessBody => out.write_str("endless body"),
            Self::SlowBody => out.write_str("slow body"),
            Self::HostileError { status, .. } => write!(out, "hostile error text with {status}"),
            Self::Lie(lie) => write!(out, "{lie}"),
        }
    }
}

/// One fault and the requests it hits.
struct Planned {
    fault: Fault,
    /// Method and path fragment; `None` hits any request.
    only: Option<(String, String)>,
    /// How many matching requests are still to pass before the fault.
    spared: usize,
    /// How many more requests it hits; `None` for all of them.
    left: Option<usize>,
}

/// All faults planned, in the order they were asked for.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Planned>>);

impl Faults {
    pub(crate) fn plan(&self, fault: Fault) -> FaultPlan<'_> {
        let mut planned = lock(&self.0);
        planned.push(Planned {
            fault,
            only: None,
            spared: 0,
            left: Some(1),
        });
        FaultPlan {
            faults: self,
            place: planned.len() - 1,
        }
    }

    /// What goes wrong with this request, if anything; counts the request for every plan.
    pub(crate) fn strike(&self, method: &str, path: &str) -> Option<Fault> {
        let mut struck = None;
        for planned in lock(&self.0).iter_mut() {
            let matches = planned.only.as_ref().is_none_or(|(only_method, fragment)| {
                only_method.eq_ignore_ascii_case(method) && path.contains(fragment)
            });
            if !matches {
                continue;
            }
            if planned.spared > 0 {
                planned.spared -= 1;
            } else if struck.is_none() {
                struck = planned.take();
            }
        }
        struck
    }

    /// Whether a connection is refused at its start: the next request, whatever it is, is due to.
    pub(crate) fn refuses_connection(&self) -> bool {
        lock(&self.0)
            .iter_mut()
            .filter(|planned| planned.fault == Fault::RefusedConnection)
            .filter(|planned| planned.only.is_none() && planned.spared == 0)
            .any(|planned| planned.take().is_some())
    }
}

impl Planned {
    fn take(&mut self) -> Option<Fault> {
        if let Some(left) = &mut self.left {
            *left = left.checked_sub(1)?;
        }
        Some(self.fault.clone())
    }
}

/// A fault that is planned, and by default hits the next request, whatever it is, once.
///
/// The plan holds from the moment it is asked for; these methods narrow it down:
/// `octopus.fault(Fault::Status(503)).on("POST", "/apikeys").at(2).times(3);`
pub struct FaultPlan<'a> {
    faults: &'a Faults,
    place: usize,
}

#[expect(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "the plan holds already, whoever drops what these give"
)]
impl FaultPlan<'_> {
    /// Only requests with this method, and with this text in their path.
    pub fn on(self, method: &str, path_fragment: &str) -> Self {
        self.change(|planned| planned.only = Some((method.to_owned(), path_fragment.to_owned())))
    }

    /// From the `nth` matching request on, counted from now; 1 is the next.
    pub fn at(self, nth: usize) -> Self {
        self.change(|planned| planned.spared = nth.saturating_sub(1))
    }

    /// This many requests, one after the other.
    pub fn times(self, times: usize) -> Self {
        self.change(|planned| planned.left = Some(times))
    }

    /// Every matching request until the server stops.
    pub fn forever(self) -> Self {
        self.change(|planned| planned.left = None)
    }

    fn change(self, change: impl FnOnce(&mut Planned)) -> Self {
        if let Some(planned) = lock(&self.faults.0).get_mut(self.place) {
            change(planned);
        }
        self
    }
}
