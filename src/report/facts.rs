//! What the report says, as plain data: the page and the JSON show the same.
//!
//! `docs/report.schema.json` describes it.

use jiff::Timestamp;
use octopus::{Client, Error, Id, Untrusted, escape_json};
use serde::Serialize;

use super::Request;
use super::changes::{Change, Sum};
use super::in_progress::{self, InProgress};
use super::started_by::{Claim, StartedBy};
use super::trail::{Reason, Trail};
use crate::run::{Ended, Outcome, RevokedKey, RunId, Selector};

/// By this, a JSON report is recognized, in every version.
pub const NAME: &str = "runkey audit report ";
const FORMAT: &str = "runkey audit report 1";

/// Everything that the report says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Facts {
    format: &'static str,
    pub created_by: &'static str,
    /// By the server's clock, as every time here.
    pub created: Timestamp,
    pub server: String,
    pub started_by: StartedBy,
    pub outcome: RunOutcome,
    pub run: Run,
    pub owner: Owner,
    pub keys: Vec<Key>,
    pub in_progress: Vec<InProgress>,
    /// From when on the audit trail was read.
    pub since: Timestamp,
    /// Whether a key was created then; else it is assumed.
    pub is_since_known: bool,
    pub cut_off: Option<CutOff>,
    /// How many events could not be read.
    pub unreadable: usize,
    pub sum: Sum,
    /// The oldest first.
    pub changes: Vec<Change>,
    #[serde(skip)]
    pub trail_error: Option<Error>,
}

/// What became of the run's keys, all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum RunOutcome {
    Revoked,
    Unverified,
    MayBeActive,
    NotFound,
}

/// Which run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Run {
    pub id: Option<String>,
    pub purpose: Option<Untrusted>,
    pub link: Option<String>,
}

/// The account that owns the key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Owner {
    pub id: String,
    pub username: Option<Untrusted>,
}

/// A key of the run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Key {
    pub id: String,
    pub purpose: Option<Untrusted>,
    pub created: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    pub last_used: Option<Timestamp>,
    pub outcome: Outcome,
}

/// Where the list of changes begins, since older ones are missing.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CutOff {
    pub after: usize,
    pub from: Option<Timestamp>,
    pub reason: String,
}

impl Facts {
    /// Collects the facts; `client` asks what the trail does not say.
    pub fn of(request: &Request<'_>, trail: Trail, client: &Client) -> Self {
        let keys: Vec<Key> = request.ended.keys.iter().map(Key::of).collect();
        let purpose = keys
            .iter()
            .find_map(|key| key.purpose.clone())
            .or(trail.purpose);
        let run = request.selector.run();
        let claim = Claim {
            name: purpose.as_ref().map(name),
            run: run.clone(),
            key_created: trail.is_since_known.then_some(trail.since),
        };
        Self {
            format: FORMAT,
            created_by: concat!("runkey ", env!("CARGO_PKG_VERSION")),
            created: whole_seconds(client.now()),
            server: client.address().as_str().to_owned(),
            started_by: StartedBy::of(claim, client),
            outcome: RunOutcome::of(request.ended),
            run: Run {
                link: run.as_ref().and_then(|run| link(request, run)),
                id: run.map(|run| run.to_string()),
                purpose: purpose.or_else(|| verbatim(request.selector)),
            },
            owner: Owner {
                id: request.owner.to_string(),
                username: trail.username,
            },
            keys,
            in_progress: in_progress::find(&trail.changes, client),
            since: trail.since,
            is_since_known: trail.is_since_known,
            cut_off: trail.cut_off.as_ref().map(|reason| CutOff {
                after: trail.changes.len(),
                from: trail.changes.first().and_then(|change| change.occurred),
                reason: reason.to_string(),
            }),
            unreadable: trail.unreadable,
            sum: Sum::of(&trail.changes),
            changes: trail.changes,
            trail_error: match trail.cut_off {
                Some(Reason::Error(error)) => Some(error),
                _ => None,
            },
        }
    }

    /// The report for a program.
    pub fn to_json(&self) -> String {
        // Writing our own structures of text cannot fail.
        escape_json(&(serde_json::to_string_pretty(self).unwrap_or_default() + "\n"))
    }
}

impl RunOutcome {
    fn of(ended: &Ended) -> Self {
        let has =
            |outcomes: &[Outcome]| ended.keys.iter().any(|key| outcomes.contains(&key.outcome));
        if ended.problem.is_some() || has(&[Outcome::MayBeActive, Outcome::Skipped]) {
            Self::MayBeActive
        } else if has(&[Outcome::Unverified]) {
            Self::Unverified
        } else if ended.keys.is_empty() {
            Self::NotFound
        } else {
            Self::Revoked
        }
    }
}

impl Key {
    fn of(key: &RevokedKey) -> Self {
        let record = &key.record;
        Self {
            id: record.id.to_string(),
            purpose: record.purpose.clone(),
            created: record.created,
            expires: record.expires,
            last_used: record.last_used,
            outcome: key.outcome,
        }
    }
}

impl CutOff {
    /// One sentence, for the log and the page.
    pub fn sentence(&self) -> String {
        let from = match self.from {
            Some(from) => format!("from {from:.0} on; older ones are missing"),
            None => "none is listed".to_owned(),
        };
        format!(
            "Cut off after {} changes, {from}: {}.",
            self.after, self.reason
        )
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Limit => f.write_str("the report lists no more"),
            Self::Time(time) => write!(f, "the audit trail was read for {} s", time.as_secs()),
            Self::Error(error) => error.fmt(f),
        }
    }
}

/// The name in a purpose.
fn name(purpose: &Untrusted) -> Untrusted {
    let text = purpose.raw();
    RunId::of_purpose(text)
        .map_or(text, |(name, _)| name)
        .into()
}

fn verbatim(selector: &Selector) -> Option<Untrusted> {
    match selector {
        Selector::Purpose(purpose) => Some(purpose.as_str().into()),
        _ => None,
    }
}

/// The run's page in the portal, as Octopus's own notifications link to it.
fn link(request: &Request<'_>, run: &RunId) -> Option<String> {
    let space = Id::new(request.space?.raw())?;
    let is_id = space.as_str().starts_with("Spaces-");
    let (base, task) = (request.client.address().as_str(), run.task()?);
    is_id.then(|| format!("{base}/app#/{space}/tasks/{task}"))
}

/// The server tells its time in whole seconds.
fn whole_seconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}
