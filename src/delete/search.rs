//! Which keys `runkey delete` is to revoke, and which never.

use std::fmt;

use super::Context;
use super::found::{Fate, Found};
use super::sweep::Reach;
use crate::cli::Delete;
use crate::key::{self, Purpose, purpose};
use crate::octopus::{Client, Error, KeyRecord};
use crate::output::Failure;
use crate::session::Session;
use crate::stranger::Stranger;

/// The variables that name one run's key.
const NAMING: [&str; 3] = ["RUNKEY_PURPOSE", "RUNKEY_RUN_BY", "RUNKEY_RUN_ID"];

/// A hint of `API-` and one character more is enough to spare the key that runkey authenticates
/// with: better a key that lives on, and is said to, than nothing to revoke the rest with.
const SPARING_HINT: usize = 5;

/// What to look for.
#[derive(Debug)]
pub enum Target {
    /// Every key of exactly this purpose.
    Purpose(Purpose),
    /// Every key of the account that is over.
    Sweep(Reach),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Purpose(purpose) => f.write_str(&purpose.in_words()),
            Self::Sweep(reach) => reach.fmt(f),
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Search {
    /// To be revoked in this order, but for those to be spared.
    pub keys: Vec<Found>,
    /// Why there may be more.
    pub broken_off: Option<Error>,
}

/// What these options ask for.
///
/// # Errors
/// When they name no key, or more than can be done at once.
pub fn target(options: &Delete, session: &Session<'_>) -> Result<Target, Failure> {
    let key = &options.key;
    let names_one = key.purpose.is_some() || key.run_by.is_some() || key.run_id.is_some();
    if options.expired && names_one {
        return Err(Failure::usage(
            "Both one run's key and all expired keys are asked for.",
            "Leave out --expired (RUNKEY_EXPIRED), or --purpose, --run-by and --run-id and their variables.",
        ));
    }
    if names_one || !options.expired && !options.ended {
        return key::purpose(key, &session.every_secret()).map(Target::Purpose);
    }
    if options.report.file.is_some() {
        return Err(Failure::usage(
            "A report is asked for, but of no run.",
            "Leave out --report (RUNKEY_REPORT): a sweep says in its log what it revoked, and with --output json in full.",
        ));
    }
    if !options.ended {
        return Ok(Target::Sweep(Reach::Expired));
    }
    let is_empty = |name: &&str| session.environment.is_empty(name);
    if let Some(name) = NAMING.iter().find(|name| is_empty(name)) {
        return Err(Failure::usage(
            format!(
                "{name} is there, but empty: is one run's key meant, or that of every run that is over?"
            ),
            "Check the step or the variable that it comes from. For a sweep of the whole account leave out RUNKEY_PURPOSE, RUNKEY_RUN_BY and RUNKEY_RUN_ID.",
        ));
    }
    Ok(Target::Sweep(Reach::Ended))
}

/// Looks through all keys of the account for those of this purpose.
pub fn search(context: &Context<'_>, purpose: &Purpose) -> Search {
    let client = context.client;
    let part = longest_plain_part(purpose.as_str());
    let mut records = Vec::new();
    let narrowed = (!part.is_empty()).then_some(part);
    let mut look = |part| {
        let result = client.find_keys(context.owner, part, |key| is_of(key, purpose), &mut records);
        (result, records.is_empty())
    };
    let (mut result, found_none) = look(narrowed);
    if result.is_ok() && found_none && narrowed.is_some() {
        // How servers compare a part of a purpose is not documented in full. Before saying that there
        // is no key, look without their help.
        result = look(None).0;
    }
    // The key that runkey authenticates with comes last, because nothing can be done without it.
    records.sort_by_key(|record| is_own(client, record));
    let may_include_own = purpose.run().is_some();
    let found = |record| {
        let is_spared = !may_include_own && is_own(client, &record);
        let fate = if is_spared { Fate::Spared } else { Fate::Found };
        Found::of_purpose(record, fate)
    };
    Search {
        keys: records.into_iter().map(found).collect(),
        broken_off: result.err(),
    }
}

fn is_of(key: &KeyRecord, purpose: &Purpose) -> bool {
    let text = key.purpose.as_ref().map(Stranger::as_given);
    text == Some(purpose.as_str())
}

/// Whether this is the key that runkey authenticates with, as far as its hint tells.
pub fn is_own(client: &Client, key: &KeyRecord) -> bool {
    let hint = key.hint.as_ref();
    hint.is_some_and(|hint| client.credential().fits_hint(hint.as_given(), SPARING_HINT))
}

/// The longest part without a character that a database might take for a pattern. The brackets of
/// `[runkey …]` are such; the part between them is what tells runs apart.
fn longest_plain_part(purpose: &str) -> &str {
    let part = match purpose::parse(purpose) {
        Some(run) => run.id,
        None => purpose,
    };
    part.split(['%', '_', '[', ']', '^', '\\'])
        .map(str::trim)
        .max_by_key(|part| part.len())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_asked_for_a_part_that_no_database_takes_for_a_pattern() {
        for (purpose, part) in [
            (
                "Alice King (alice) [runkey ServerTasks-123]",
                "ServerTasks-123",
            ),
            ("nightly_clean-up 100%", "clean-up 100"),
            ("Alice [x]", "Alice"),
            ("%%", ""),
        ] {
            assert_eq!(longest_plain_part(purpose), part);
        }
    }
}
