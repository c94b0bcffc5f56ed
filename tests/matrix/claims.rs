//! What must hold after every case.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use octopus_sim::{BOB, Key, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC};

use crate::case::{Case, RETRY_FOR, Step, TIMEOUT};
use crate::support::server::HOUR;
use crate::support::{Outcome, RUN, delete};

/// How long a busy machine may take to start a process and look at the clock.
const SLACK: Duration = Duration::from_secs(8);

/// Runs the case; panics when a claim does not hold. Secrets and crashes are looked for in every run.
pub fn check(case: &Case) {
    let octopus = case.step.server();
    let others = keys_of_others(&octopus);
    let fault = octopus.fault(case.fault.clone());
    fault.at(case.place).times(case.times);

    let start = Instant::now();
    let outcome = case.step.program(&octopus).run();
    let took = start.elapsed();

    // One time for retries each to create and to end, and an attempt after either.
    let allowed = (RETRY_FOR + TIMEOUT * 3) * 2 + SLACK;
    assert!(took < allowed, "{case}: it took {took:?}: {outcome:#?}");
    let may_fail = outcome.code == case.step.failure() && !case.is_passing();
    assert!(outcome.code == 0 || may_fail, "{case}: {outcome:#?}");
    match case.step {
        Step::Create => {
            expect_passed_on_key(case, &octopus, &outcome);
            expect_delete_ends_run(case, &octopus);
        }
        Step::Delete | Step::DeleteKeyId | Step::OneCommand => {
            expect_no_key_or_named(case, &octopus, &outcome);
        }
    }
    assert_eq!(keys_of_others(&octopus), others, "{case}: {outcome:#?}");
}

/// `create` passes a key on exactly if it succeeds, and that one is active for as long as was asked.
fn expect_passed_on_key(case: &Case, octopus: &Octopus, outcome: &Outcome) {
    let passed_on = outcome.variable("ApiKeyId");
    assert_eq!(
        passed_on.is_some(),
        outcome.code == 0,
        "{case}: {outcome:#?}"
    );
    if let Some(id) = passed_on {
        let key = keys_of_run(octopus).into_iter().find(|key| key.id == id);
        let key = key.unwrap_or_else(|| panic!("{case}: {id} is not active: {outcome:#?}"));
        let life = key.created.duration_until(key.expires.unwrap());
        let off = (life - HOUR).abs();
        assert!(off <= SignedDuration::from_mins(1), "{case}: {life}");
    }
}

/// The faults that `create` did not live to see strike `delete`, until they are spent.
fn expect_delete_ends_run(case: &Case, octopus: &Octopus) {
    let deletes = (0..=case.times).map(|_| delete(octopus).env("RUNKEY_TIMEOUT", "2s").run());
    let outcomes: Vec<_> = deletes.collect();
    let last = outcomes.last().unwrap();
    assert_eq!(last.code, 0, "{case}: {last:#?}");
    let left = keys_of_run(octopus);
    assert!(left.is_empty(), "{case}: {left:?} after {outcomes:#?}");
}

/// No key of the run is active, unless the step failed and named it.
fn expect_no_key_or_named(case: &Case, octopus: &Octopus, outcome: &Outcome) {
    for key in keys_of_run(octopus) {
        assert_ne!(outcome.code, 0, "{case}: {key:?} is active: {outcome:#?}");
        for word in known_to(case, &key) {
            assert!(outcome.has(&word), "{case}: no {word} in {outcome:#?}");
        }
    }
}

/// What a failed step knows of a key that is still active: the ID and the expiry, unless no list
/// of keys was read.
fn known_to(case: &Case, key: &Key) -> Vec<String> {
    let is_listed = !case.request.contains("/me") && !case.request.contains("partialPurpose");
    match case.step {
        Step::Delete if !is_listed => vec!["key".to_owned(), "may be active".to_owned()],
        Step::DeleteKeyId if !is_listed => vec![key.id.clone()],
        _ => {
            let expires = key.expires.unwrap().strftime("%Y-%m-%dT%H:%M");
            vec![key.id.clone(), expires.to_string()]
        }
    }
}

/// The active keys of this run and of one-command runs within it.
fn keys_of_run(octopus: &Octopus) -> Vec<Key> {
    let mut keys = octopus.keys(RUNBOOK_SVC);
    keys.retain(is_of_run);
    keys
}

/// The IDs of all other keys, the service account key among them.
fn keys_of_others(octopus: &Octopus) -> Vec<String> {
    let owners = [RUNBOOK_SVC, RUNBOOK_ALICE, BOB].into_iter();
    let keys = owners.flat_map(|owner| octopus.keys(owner));
    keys.filter(|key| key.owner != RUNBOOK_SVC || !is_of_run(key))
        .map(|key| key.id)
        .collect()
}

fn is_of_run(key: &Key) -> bool {
    let begins = [format!("[runkey {RUN}]"), format!("[runkey {RUN}~")];
    begins.iter().any(|begin| key.purpose.contains(begin))
}
