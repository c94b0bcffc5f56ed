//! Tells all that is missing at once, so that nobody has to try four times.

use super::Session;
use crate::cli::{Delete, Step, WhichKey};
use crate::output::Failure;
use crate::secret::{ACCESS_TOKEN, API_KEY};

/// Something that a step needs: in words, and where it is set.
struct Missing {
    what: &'static str,
    set: &'static str,
}

const URL: Missing = Missing {
    what: "the Octopus Server's URL",
    set: "--url (OCTOPUS_URL)",
};
const CREDENTIAL: Missing = Missing {
    what: "a credential",
    set: "OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN",
};
const KEY: Missing = Missing {
    what: "the run's key",
    set: "OCTOPUS_API_KEY",
};
const PERSON: Missing = Missing {
    what: "who started the run",
    set: "--run-by (RUNKEY_RUN_BY)",
};
const RUN: Missing = Missing {
    what: "which run it is",
    set: "--run-id (RUNKEY_RUN_ID)",
};

impl Session<'_> {
    /// Checks that nothing is missing that the step needs. What is wrong with what is there, and a
    /// single thing that is missing, is told where it is read.
    ///
    /// # Errors
    /// When more than one thing is missing, or a dry run does not say of what.
    pub fn check_complete(&self, step: &Step) -> Result<(), Failure> {
        if let Step::Delete(delete) = step
            && delete.dry_run
            && !sweeps(delete)
            && missing_of_run(&delete.key).len() == 2
        {
            return Err(Failure::usage(
                "It is not said which key is meant.",
                "Give --run-by and --run-id (RUNKEY_RUN_BY and RUNKEY_RUN_ID), or --purpose (RUNKEY_PURPOSE); or --ended, to see the keys of all runs that are over.",
            ));
        }
        let mut missing = Vec::new();
        if self.common.url.is_none() {
            missing.push(URL);
        }
        let is_set = |name| self.environment.get(name).is_some();
        let needed = match step {
            Step::Use(_) => KEY,
            Step::Create(_) | Step::Delete(_) => CREDENTIAL,
        };
        let is_there = match step {
            Step::Use(_) => is_set(API_KEY),
            Step::Create(_) | Step::Delete(_) => is_set(API_KEY) || is_set(ACCESS_TOKEN),
        };
        if !is_there {
            missing.push(needed);
        }
        match step {
            Step::Create(create) if !create.trial && create.command.is_empty() => {
                missing.extend(missing_of_run(&create.key));
            }
            Step::Delete(delete) if !sweeps(delete) => missing.extend(missing_of_run(&delete.key)),
            Step::Create(_) | Step::Delete(_) | Step::Use(_) => {}
        }
        // Who and which run are one question, which has an answer of its own.
        let is_key_alone = missing.iter().all(|thing| thing.set.contains("--run-"));
        if missing.len() < 2 || is_key_alone {
            return Ok(());
        }
        Err(self.told_of_the_file(Failure::usage(
            format!(
                "Several things are missing: {}.",
                list(&missing, |thing| thing.what)
            ),
            format!("Set {}.", list(&missing, |thing| thing.set)),
        )))
    }
}

/// Whether this is about the keys of many runs, and names none.
fn sweeps(delete: &Delete) -> bool {
    let key = &delete.key;
    let names_one = key.purpose.is_some() || key.run_by.is_some() || key.run_id.is_some();
    (delete.expired || delete.ended) && !names_one
}

fn missing_of_run(key: &WhichKey) -> Vec<Missing> {
    let mut missing = Vec::new();
    if key.purpose.is_none() && key.run_by.is_none() {
        missing.push(PERSON);
    }
    if key.purpose.is_none() && key.run_id.is_none() {
        missing.push(RUN);
    }
    missing
}

/// As in `a, b and c`.
fn list(missing: &[Missing], part: impl Fn(&Missing) -> &'static str) -> String {
    let parts: Vec<_> = missing.iter().map(part).collect();
    match parts.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
