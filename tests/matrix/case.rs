//! What the matrix is made of: steps, their requests, faults.

use std::fmt;
use std::time::Duration;

use octopus_sim::{BOB, Fault, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC};

use crate::support::server::{HOUR, add_key, requests};
use crate::support::{ALICE, PURPOSE, Runkey, create, delete};

/// How long one request may take.
pub const TIMEOUT: Duration = Duration::from_millis(300);
/// How long requests are retried: enough for one fault, not for each three.
pub const RETRY_FOR: Duration = Duration::from_secs(2);

/// Which step of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Create,
    Delete,
    /// `delete` with the key ID that the create step passed on.
    DeleteKeyId,
    /// `create -- true`.
    OneCommand,
}

/// One fault at one request of a step.
pub struct Case {
    pub step: Step,
    /// The request that is struck first.
    pub request: String,
    /// Which of the step's requests that is, from 1.
    pub place: usize,
    pub fault: Fault,
    /// How many requests in a row are struck.
    pub times: usize,
}

impl Step {
    pub const ALL: [Self; 4] = [
        Self::Create,
        Self::Delete,
        Self::DeleteKeyId,
        Self::OneCommand,
    ];

    /// The step's requests when nothing is wrong.
    pub fn requests(self) -> Vec<String> {
        let octopus = self.server();
        self.program(&octopus)
            .env("RUNKEY_TIMEOUT", "30s")
            .run()
            .expect_code(0);
        requests(&octopus)
    }

    /// A server with keys that are none of this run's business, and before `delete` with its key.
    pub fn server(self) -> Octopus {
        let octopus = Octopus::start();
        let expires = Some(octopus.now() + HOUR);
        for (owner, purpose) in [
            (RUNBOOK_SVC, "Alice King (alice) [runkey ServerTasks-1234]"),
            (RUNBOOK_SVC, ALICE),
            (RUNBOOK_ALICE, PURPOSE),
            (BOB, PURPOSE),
        ] {
            octopus.add_key(owner, purpose, expires);
        }
        if matches!(self, Self::Delete | Self::DeleteKeyId) {
            add_key(&octopus, PURPOSE);
        }
        octopus
    }

    /// The step, ready to run.
    pub fn program(self, octopus: &Octopus) -> Runkey<'_> {
        let run = match self {
            Self::Create => create(octopus),
            Self::Delete => delete(octopus),
            Self::DeleteKeyId => {
                let id = octopus.keys(RUNBOOK_SVC).pop().map(|key| key.id);
                delete(octopus).env("RUNKEY_KEY_ID", id.unwrap())
            }
            Self::OneCommand => create(octopus).line("-- true"),
        };
        run.env("RUNKEY_TIMEOUT", format!("{}ms", TIMEOUT.as_millis()))
            .env("RUNKEY_RETRY_FOR", format!("{}s", RETRY_FOR.as_secs()))
    }

    /// The exit code of a failure.
    pub fn failure(self) -> i32 {
        match self {
            Self::Create | Self::Delete | Self::DeleteKeyId => 1,
            Self::OneCommand => 125,
        }
    }
}

impl Case {
    /// Whether one more attempt succeeds, so that the step must.
    pub fn is_passing(&self) -> bool {
        let passes = match self.fault {
            Fault::RefusedConnection
            | Fault::ResetBeforeProcessing
            | Fault::ResetAfterProcessing
            | Fault::Timeout
            | Fault::TooManyRequests { .. }
            | Fault::StatusAfterProcessing(_)
            | Fault::BadGatewayHtml
            | Fault::Truncated
            | Fault::SlowBody => true,
            Fault::Status(status) => status >= 500,
            _ => false,
        };
        passes && self.times == 1
    }
}

impl fmt::Display for Case {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{:?}: {} x {} at request {}, {}",
            self.step, self.fault, self.times, self.place, self.request
        )
    }
}
