//! The server's clock, and how it writes a moment down.

use std::sync::Mutex;

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp, Unit};

use crate::server::World;
use crate::server::lock::lock;

/// Runs like this machine's, at some distance from it.
pub(crate) struct Clock(Mutex<SignedDuration>);

impl Clock {
    pub(crate) fn ahead_by(offset: SignedDuration) -> Self {
        Self(Mutex::new(offset))
    }

    /// The present, to the millisecond: what is stored is what is shown.
    pub(crate) fn now(&self) -> Timestamp {
        let now = Timestamp::now() + *lock(&self.0);
        now.round(Unit::Millisecond)
            .expect("the present is far from the last timestamp")
    }
}

impl World {
    /// The server's present time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the server's clock.
    pub fn advance_clock(&self, by: SignedDuration) {
        *lock(&self.clock.0) += by;
    }
}

/// As in `2022-07-22T17:46:35.000+00:00`.
pub(crate) fn iso(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string()
}

/// As in `Fri, 22 Jul 2022 17:46:35 GMT`: the `Date` header, and the audit trail's words.
pub(crate) fn http_date(moment: Timestamp) -> String {
    DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&moment)
        .expect("a year of four digits")
}
