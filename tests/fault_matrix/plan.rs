//! What the matrix is made of: servers, credentials, steps, faults.

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;
use octopus_sim::{AddedKey, BOB, Fault, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings};

use crate::common::{self, ALICE, PURPOSE, Runkey};

/// How long one request may take.
pub const TIMEOUT: Duration = Duration::from_millis(600);

/// Which kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// Everything a current server has.
    Current,
    /// Expiry, but no access level, no filter by purpose, no key named in the audit trail.
    Older,
}

/// Which credential the step authenticates with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// The service account's long-lived key.
    ServiceKey,
    /// A token of the service account, had by `OpenID` Connect.
    AccessToken,
    /// The key of the run itself.
    RunKey,
}

/// Which step, and the way it is called where that changes its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Create,
    CreateReadOnly,
    Use,
    UseByRecord,
    Delete,
    DeleteNothing,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::CreateReadOnly => "create --access read-only",
            Self::Use => "use",
            Self::UseByRecord => "use --key-id",
            Self::Delete => "delete",
            Self::DeleteNothing => "delete (no key there)",
        })
    }
}

/// One step as one caller runs it against one kind of server.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    pub server: Server,
    pub step: Step,
    pub credential: Credential,
}

/// One fault at one request of a scenario.
pub struct Case {
    pub scenario: Scenario,
    /// The request that is struck first, such as `POST /api/users/Users-21/apikeys`.
    pub request: String,
    /// Which of the scenario's requests that is, from 1.
    pub nth: usize,
    pub fault: Fault,
    pub times: usize,
}

/// A server with the keys of the run, and keys that are none of its business.
pub struct Stage {
    pub octopus: Octopus,
    /// The keys of the run that were there before the step.
    pub of_run: Vec<AddedKey>,
}

impl Scenario {
    /// Every step with every credential that it takes, on both kinds of server.
    pub fn all() -> Vec<Self> {
        use Credential::{AccessToken, RunKey, ServiceKey};
        let steps: [(Step, &[Credential]); 6] = [
            (Step::Create, &[ServiceKey, AccessToken]),
            (Step::CreateReadOnly, &[ServiceKey, AccessToken]),
            (Step::Use, &[RunKey]),
            (Step::UseByRecord, &[RunKey]),
            (Step::Delete, &[ServiceKey, AccessToken, RunKey]),
            (Step::DeleteNothing, &[ServiceKey]),
        ];
        let mut all = Vec::new();
        for server in [Server::Current, Server::Older] {
            for (step, credentials) in steps {
                all.extend(credentials.iter().map(|credential| Self {
                    server,
                    step,
                    credential: *credential,
                }));
            }
        }
        // Such a server honours no read-only key: `create` refuses, fault or not.
        all.retain(|case| case.server == Server::Current || case.step != Step::CreateReadOnly);
        all
    }

    /// The step's requests when nothing is wrong.
    pub fn requests(self) -> Vec<String> {
        let stage = self.stage();
        self.run(&stage, Duration::from_mins(1)).run();
        let requests = common::requests(&stage.octopus);
        let without_query = |line: String| line.split('?').next().unwrap_or_default().to_owned();
        requests.into_iter().map(without_query).collect()
    }

    /// A fresh server.
    pub fn stage(self) -> Stage {
        let current = self.server == Server::Current;
        let octopus = Settings {
            filters_by_purpose: current,
            knows_access_level: current,
            names_keys_in_events: current,
            ..Settings::default()
        }
        .start();
        let soon = octopus.now() + SignedDuration::from_hours(1);
        for (owner, purpose) in [
            (RUNBOOK_SVC, "Alice King (alice) [runkey ServerTasks-1234]"),
            (RUNBOOK_SVC, "Bob Dole (bob) [runkey ServerTasks-123]"),
            (RUNBOOK_SVC, ALICE),
            (RUNBOOK_ALICE, PURPOSE),
            (BOB, PURPOSE),
        ] {
            octopus.add_key(owner, purpose, Some(soon));
        }
        let keys = match self.step {
            Step::Create | Step::CreateReadOnly | Step::DeleteNothing => 0,
            Step::Use | Step::UseByRecord => 1,
            Step::Delete => 2,
        };
        let of_run = (0..keys).map(|_| octopus.add_key(RUNBOOK_SVC, PURPOSE, Some(soon)));
        Stage {
            of_run: of_run.collect(),
            octopus,
        }
    }

    /// The step, ready to run.
    pub fn run(self, stage: &Stage, retry_for: Duration) -> Runkey<'_> {
        let octopus = &stage.octopus;
        let run = match self.step {
            Step::Create => common::create(octopus),
            Step::CreateReadOnly => common::create(octopus).args(["--access", "read-only"]),
            Step::Use => common::runkey(octopus, "use"),
            Step::UseByRecord => common::runkey(octopus, "use")
                .args(["--owner", "runbook-svc", "--key-id"])
                .args([&stage.of_run[0].id]),
            Step::Delete | Step::DeleteNothing => common::delete(octopus),
        };
        let run = run
            .env("RUNKEY_TIMEOUT", format!("{}ms", TIMEOUT.as_millis()))
            .env("RUNKEY_RETRY_FOR", format!("{}ms", retry_for.as_millis()));
        match self.credential {
            Credential::ServiceKey => run,
            Credential::RunKey => run.env("OCTOPUS_API_KEY", &stage.of_run[0].secret),
            Credential::AccessToken => run
                .without("OCTOPUS_API_KEY")
                .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token()),
        }
    }
}

impl Case {
    /// Whether a second attempt succeeds, so that the step must.
    pub fn passes_by_itself(&self) -> bool {
        let lasting = matches!(
            self.fault,
            Fault::Status(401 | 403)
                | Fault::Redirect { .. }
                | Fault::HostileError { .. }
                | Fault::Lie(_)
        );
        self.times == 1 && !lasting
    }

    /// Ample for one fault; short for three, so that giving up is seen as well.
    pub fn retry_for(&self) -> Duration {
        Duration::from_secs(if self.times == 1 { 20 } else { 1 })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scenario {
            server,
            step,
            credential,
        } = self.scenario;
        write!(
            f,
            "{step} with {credential:?} on {server:?}, {} x {} at request {} ({})",
            self.fault, self.times, self.nth, self.request
        )
    }
}
