//! Which keys a subcommand is about: those of a run, or those of a purpose.

use std::fmt;

use octopus::{KeyRecord, Unreadable, Untrusted};

use super::purpose::Purpose;
use super::run_id::RunId;

/// Selects keys by their purpose.
#[derive(Debug, Clone)]
pub enum Selector {
    /// The keys of a run, on every deployment target of it.
    Run(RunId),
    /// The keys of exactly this purpose.
    Purpose(Purpose),
}

impl Selector {
    /// Whether this key is meant.
    pub fn matches(&self, key: &KeyRecord) -> bool {
        key.purpose.as_ref().is_some_and(|purpose| self.matches_purpose(purpose.raw()))
    }

    fn matches_purpose(&self, purpose: &str) -> bool {
        match self {
            Self::Purpose(exact) => exact.as_str() == purpose,
            Self::Run(run) => RunId::of_purpose(purpose)
                .is_some_and(|(_, found)| found == *run || run.is_run_of(&found)),
        }
    }

    /// Whether an item that cannot be read may be a key that is meant.
    pub fn may_match(&self, item: &Unreadable) -> bool {
        match self {
            Self::Purpose(purpose) => item.contains(purpose.as_str()),
            Self::Run(run) => {
                item.contains(&run.ending())
                    || item.contains(&format!(" [runkey {run}.Machines-"))
            }
        }
    }

    /// The part of the purpose that narrows a list on the server. Brackets are patterns to some
    /// databases, so a run is looked for by its ID alone, and a purpose by its longest part without
    /// such characters.
    pub fn partial_purpose(&self) -> &str {
        let text = match self {
            Self::Run(run) => return run.as_str(),
            Self::Purpose(purpose) => purpose.as_str(),
        };
        let parts = text.split(['%', '_', '[', ']', '^', '\\']).map(str::trim);
        parts.max_by_key(|part| part.len()).unwrap_or_default()
    }

    /// The run, if one is meant.
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::Run(run) => Some(run.clone()),
            Self::Purpose(purpose) => RunId::of_purpose(purpose.as_str()).map(|(_, run)| run),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(run) => write!(f, "run {run}"),
            Self::Purpose(purpose) => write!(f, "purpose \"{}\"", Untrusted::from(purpose.as_str())),
        }
    }
}
