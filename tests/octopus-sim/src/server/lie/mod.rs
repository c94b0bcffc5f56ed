//! Lies on demand: answers that are well-formed and not true, or true and not well-formed.
//!
//! A [`Lie`] edits an [`Answer`]: the one that the server gave, or an empty one in the place of
//! a request that was never processed. The named ones are those that a client must not fall for;
//! [`Lie::after`] and [`Lie::instead`] make any other.

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::server::Request;

mod answers;
mod lists;

pub use lists::{MadeUp, Total};

/// An answer as it is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The `Content-Type` header.
    pub content_type: String,
    /// The `Date` header; `None` leaves it out.
    pub date: Option<String>,
    /// The body.
    pub body: Vec<u8>,
    /// The server's present time.
    pub now: Timestamp,
}

impl Answer {
    /// Edits the body as JSON; a body that is none stays as it is.
    pub fn edit_json(&mut self, edit: impl FnOnce(&mut Value)) {
        if let Ok(mut json) = serde_json::from_slice(&self.body) {
            edit(&mut json);
            self.body = json.to_string().into_bytes();
        }
    }
}

type Tell = dyn Fn(&Request, &mut Answer) + Send + Sync;

/// A change to an answer; one that does not fit the answer changes nothing.
#[derive(Clone)]
pub struct Lie {
    name: String,
    processes: bool,
    tell: Arc<Tell>,
}

impl Lie {
    /// The request is processed, and its answer edited.
    pub fn after(name: &str, tell: impl Fn(&Request, &mut Answer) + Send + Sync + 'static) -> Self {
        Self::new(name, true, tell)
    }

    /// The request is not processed; edits a 200 with the body `{}`.
    pub fn instead(
        name: &str,
        tell: impl Fn(&Request, &mut Answer) + Send + Sync + 'static,
    ) -> Self {
        Self::new(name, false, tell)
    }

    /// The request is processed, and the JSON of its answer edited.
    pub fn json(name: &str, edit: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::after(name, move |_, answer| answer.edit_json(&edit))
    }

    fn new(
        name: &str,
        processes: bool,
        tell: impl Fn(&Request, &mut Answer) + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            processes,
            tell: Arc::new(tell),
        }
    }

    /// Whether the request is processed before the lie is told.
    #[must_use]
    pub fn processes(&self) -> bool {
        self.processes
    }

    pub(crate) fn tell(&self, request: &Request, answer: &mut Answer) {
        (self.tell)(request, answer);
    }

    /// One lie of every kind.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let hour = SignedDuration::from_hours(1);
        let mut all: Vec<Self> = [
            Total::Zero,
            Total::ThisPage,
            Total::Half,
            Total::TooMany,
            Total::Absent,
        ]
        .map(Self::total)
        .into();
        all.extend(
            [MadeUp::NewIds, MadeUp::RepeatingIds, MadeUp::ChangingIds].map(Self::endless_list),
        );
        for offset in [hour, hour * 24, hour * 24 * 3650] {
            all.extend([Self::date_off_by(offset), Self::date_off_by(-offset)]);
            all.extend([Self::proxy_page(offset), Self::proxy_page(-offset)]);
        }
        all.extend([
            Self::date("yesterday, or so"),
            Self::no_date(),
            Self::success_with_error(),
            Self::accepted(),
            Self::expires_in(-hour),
            Self::no_expiry(),
            Self::expires_later_by(SignedDuration::from_secs(61)),
            Self::empty_secret(),
            Self::secret_with(' '),
            Self::secret_with('\u{7}'),
            Self::secret_with('é'),
            Self::not_json(),
            Self::cut_json(),
            Self::without("ApiKey"),
            Self::without("Id"),
            Self::wrong_types(),
        ]);
        all
    }
}

impl PartialEq for Lie {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.tell, &other.tell)
    }
}

impl Eq for Lie {}

impl fmt::Debug for Lie {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Lie({})", self.name)
    }
}

impl fmt::Display for Lie {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name)
    }
}
