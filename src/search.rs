//! Which keys `runkey delete` is to revoke, and which never.

use std::fmt;

use crate::cli::Delete;
use crate::failure::Failure;
use crate::octopus::{Client, Error, Id, KeyRecord};
use crate::purpose::{self, Purpose};
use crate::which_key;

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
            Self::Purpose(purpose) => f.write_str(&purpose::in_words(purpose.as_str())),
            Self::Expired => f.write_str("expired runs"),
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Search {
    /// To be revoked in this order.
    pub keys: Vec<KeyRecord>,
    /// Of this purpose, but the key that runkey authenticates with.
    pub spared: Vec<KeyRecord>,
    /// Why there may be more.
    pub broken_off: Option<Error>,
}

/// What these options ask for.
///
/// # Errors
/// When they name no key, or a run and all expired keys at once.
pub fn target(options: &Delete) -> Result<Target, Failure> {
    if !options.expired {
        return which_key::purpose(&options.key).map(Target::Purpose);
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
pub fn search(client: &Client, owner: &Id, target: &Target) -> Search {
    let part = match target {
        Target::Purpose(purpose) => longest_plain_part(purpose.as_str()),
        Target::Expired => "runkey",
    };
    let mut found = Vec::new();
    let narrowed = (!part.is_empty()).then_some(part);
    let mut result = client.find_keys(
        owner,
        narrowed,
        |key| is_wanted(client, key, target),
        &mut found,
    );
    if result.is_ok() && found.is_empty() && narrowed.is_some() {
        // How servers compare a part of a purpose is not documented in full. Before saying that there
        // is no key, look without their help.
        result = client.find_keys(
            owner,
            None,
            |key| is_wanted(client, key, target),
            &mut found,
        );
    }
    let may_include_own = matches!(target, Target::Purpose(purpose) if purpose.run().is_some());
    let (own, mut keys): (Vec<_>, Vec<_>) = found.into_iter().partition(|key| is_own(client, key));
    let spared = if may_include_own {
        // Last, because nothing can be done with this credential afterwards.
        keys.extend(own);
        Vec::new()
    } else {
        own
    };
    Search {
        keys,
        spared,
        broken_off: result.err(),
    }
}

/// Whether this is the key that runkey authenticates with, as far as its hint tells.
pub fn is_own(client: &Client, key: &KeyRecord) -> bool {
    key.hint
        .as_deref()
        .is_some_and(|hint| client.credential().fits_hint(hint))
}

fn is_wanted(client: &Client, key: &KeyRecord, target: &Target) -> bool {
    let Some(text) = key.purpose.as_deref() else {
        return false;
    };
    match target {
        Target::Purpose(purpose) => purpose.as_str() == text,
        Target::Expired => {
            purpose::parse(text).is_some()
                && key.expires.is_some_and(|expires| expires <= client.now())
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
