//! Which keys `runkey delete` is to revoke, and which never.

use std::fmt;

use super::Context;
use super::found::{Fate, Found};
use crate::cli::Delete;
use crate::key::{self, Purpose, purpose};
use crate::octopus::{Client, Error, KeyRecord};
use crate::output::Failure;
use crate::secret::Secret;
use crate::stranger::Stranger;

/// A hint of `API-` and one character more is enough to spare the key that runkey authenticates
/// with: better a key that lives on, and is said to, than nothing to revoke the rest with.
const SPARING_HINT: usize = 5;

/// What to look for.
#[derive(Debug)]
pub enum Target {
    /// Every key of exactly this purpose.
    Purpose(Purpose),
    /// Every expired key that runkey made.
    Expired,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Purpose(purpose) => f.write_str(&purpose.in_words()),
            Self::Expired => f.write_str("expired runs"),
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
/// When they name no key, or a run and all expired keys at once.
pub fn target(options: &Delete, secrets: &[Secret]) -> Result<Target, Failure> {
    if !options.expired {
        return key::purpose(&options.key, secrets).map(Target::Purpose);
    }
    let key = &options.key;
    if key.purpose.is_some() || key.run_by.is_some() || key.run_id.is_some() {
        return Err(Failure::usage(
            "Both one run's key and all expired keys are asked for.",
            "Leave out --expired (RUNKEY_EXPIRED), or --purpose, --run-by and --run-id and their variables.",
        ));
    }
    Ok(Target::Expired)
}

/// Looks through all keys of the account.
pub fn search(context: &Context<'_>) -> Search {
    let Context { client, target, .. } = *context;
    let part = match target {
        Target::Purpose(purpose) => longest_plain_part(purpose.as_str()),
        Target::Expired => "runkey",
    };
    let mut records = Vec::new();
    let narrowed = (!part.is_empty()).then_some(part);
    let mut look = |part| {
        let wanted = |key: &KeyRecord| is_wanted(client, key, target);
        let result = client.find_keys(context.owner, part, wanted, &mut records);
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
    let may_include_own = matches!(target, Target::Purpose(purpose) if purpose.run().is_some());
    let found = |record| Found {
        fate: if !may_include_own && is_own(client, &record) {
            Fate::Spared
        } else {
            Fate::Found
        },
        record,
    };
    Search {
        keys: records.into_iter().map(found).collect(),
        broken_off: result.err(),
    }
}

/// Whether this is the key that runkey authenticates with, as far as its hint tells.
pub fn is_own(client: &Client, key: &KeyRecord) -> bool {
    let hint = key.hint.as_ref();
    hint.is_some_and(|hint| client.credential().fits_hint(hint.as_given(), SPARING_HINT))
}

fn is_wanted(client: &Client, key: &KeyRecord, target: &Target) -> bool {
    let Some(text) = key.purpose.as_ref().map(Stranger::as_given) else {
        return false;
    };
    match target {
        Target::Purpose(purpose) => purpose.as_str() == text,
        Target::Expired => {
            purpose::parse(text).is_some()
                && key
                    .expires
                    .is_some_and(|expires| expires <= client.surely_now())
        }
    }
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
