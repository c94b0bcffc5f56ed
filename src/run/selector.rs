//! Which keys a subcommand is about: those of a run, or those of a purpose.

use std::collections::HashSet;
use std::fmt;

use octopus::{Id, KeyRecord, Unreadable, Untrusted};

use super::purpose::Purpose;
use super::run_id::RunId;
use crate::cli::RunOptions;
use crate::output::Failure;

/// What narrows a list to runkey's own keys.
pub const OF_RUNKEY: &str = "runkey";
/// The option that gives a purpose, with its variable.
pub const PURPOSE_OPTION: &str = "--purpose (RUNKEY_PURPOSE)";

/// Selects keys by their purpose.
#[derive(Debug, Clone)]
pub enum Selector {
    /// The keys of a run, on every deployment target of it.
    Run(RunId),
    /// The keys of exactly this purpose.
    Purpose(Purpose),
    /// These keys, of any run, which this option chose.
    Keys { ids: HashSet<Id>, option: String },
}

/// Refuses `--purpose` and `--run-id` together: which keys are meant must not depend on a variable that
/// was left over.
pub fn refuse_both(options: &RunOptions) -> Result<(), Failure> {
    if options.purpose.is_some() && options.run_id.is_some() {
        return Err(Failure::usage(
            "--purpose (RUNKEY_PURPOSE) cannot be used with --run-id (RUNKEY_RUN_ID).",
            "Unset one of them.",
        ));
    }
    Ok(())
}

/// Reads `--purpose` where it names keys that exist.
///
/// # Errors
/// When it is invalid, or `--run-id` is given too.
pub fn existing_purpose(options: &RunOptions) -> Result<Option<Purpose>, Failure> {
    refuse_both(options)?;
    let purpose = options.purpose.as_ref();
    let purpose = purpose.map(|text| Purpose::existing(text.raw()));
    purpose
        .transpose()
        .map_err(|error| error.failure(PURPOSE_OPTION))
}

impl Selector {
    /// The run that the purpose is of, else exactly this purpose.
    pub fn of_purpose(purpose: Purpose) -> Self {
        match RunId::of_purpose(purpose.as_str()) {
            Some((_, run)) => Self::Run(run),
            None => Self::Purpose(purpose),
        }
    }

    /// Whether this key is meant.
    pub fn matches(&self, key: &KeyRecord) -> bool {
        let purpose = key.purpose.as_ref().map(Untrusted::raw).unwrap_or_default();
        match self {
            Self::Keys { ids, .. } => ids.contains(&key.id),
            Self::Purpose(exact) => exact.as_str() == purpose,
            Self::Run(run) => RunId::of_purpose(purpose)
                .is_some_and(|(_, found)| found == *run || run.is_run_of(&found)),
        }
    }

    /// The one-command run that this key belongs to, if its ID begins with the ID of the run that is
    /// meant: that is all which its starter has typed.
    pub fn one_command_run(&self, key: &KeyRecord) -> Option<String> {
        let Self::Run(run) = self else { return None };
        let purpose = key.purpose.as_ref()?.raw();
        let beginning = format!("{run}~");
        // Every key of the account is asked: looking for the text costs less than reading a run ID.
        if !purpose.contains(&beginning) {
            return None;
        }
        let (_, found) = RunId::of_purpose(purpose)?;
        found
            .as_str()
            .starts_with(&beginning)
            .then(|| found.to_string())
    }

    /// Whether an item that cannot be read may be a key that is meant.
    pub fn may_match(&self, item: &Unreadable) -> bool {
        match self {
            Self::Keys { ids, .. } => ids.iter().any(|id| item.contains(id.as_str())),
            Self::Purpose(purpose) => item.contains(purpose.as_str()),
            Self::Run(run) => {
                item.contains(&run.ending()) || item.contains(&format!(" [runkey {run}.Machines-"))
            }
        }
    }

    /// The part of the purpose that narrows a list on the server. Brackets are patterns to some
    /// databases, so a run is looked for by its ID alone, and a purpose by its longest part without
    /// such characters.
    pub fn partial_purpose(&self) -> &str {
        let text = match self {
            Self::Run(run) => return run.as_str(),
            Self::Keys { .. } => return OF_RUNKEY,
            Self::Purpose(purpose) => purpose.as_str(),
        };
        let parts = text.split(['%', '_', '[', ']', '^', '\\']).map(str::trim);
        parts.max_by_key(|part| part.len()).unwrap_or_default()
    }

    /// The command that revokes the keys, to be pasted. A purpose that a shell might expand is left to
    /// the reader.
    pub fn command(&self, owner: Option<&Id>) -> String {
        let arguments = match self {
            Self::Run(run) => format!("--run-id {run}"),
            Self::Keys { option, .. } => option.clone(),
            Self::Purpose(purpose) => {
                let purpose = quoted(purpose.as_str());
                format!("--purpose {}", purpose.as_deref().unwrap_or("PURPOSE"))
            }
        };
        let owner = owner.map(|id| format!(" --owner {id}"));
        format!("runkey delete {arguments}{}", owner.unwrap_or_default())
    }

    /// The run, if one is meant.
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::Run(run) => Some(run.clone()),
            Self::Keys { .. } => None,
            Self::Purpose(purpose) => RunId::of_purpose(purpose.as_str()).map(|(_, run)| run),
        }
    }
}

/// Puts a text into single quotes; nothing if a shell may expand it nevertheless: for PowerShell,
/// typographic quotes end them.
pub fn quoted(text: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " ()[]-_.:/@+=,~#".contains(c);
    text.chars().all(is_plain).then(|| format!("'{text}'"))
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(run) => write!(f, "run {run}"),
            Self::Keys { .. } => f.write_str("several runs"),
            Self::Purpose(purpose) => {
                write!(f, "purpose \"{}\"", Untrusted::from(purpose.as_str()))
            }
        }
    }
}
