//! What must hold after every case.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use octopus_sim::{BOB, Fault, Key, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC};

use crate::common::{self, Outcome, PURPOSE};
use crate::plan::{Case, Stage, Step, TIMEOUT};

/// How long a busy machine may take to start a process and look at the clock.
const SLACK: Duration = Duration::from_secs(5);

/// Runs the case and gives the step's exit code, or the claim that it broke.
pub fn check(case: &Case) -> Result<i32, String> {
    let stage = case.scenario.stage();
    let before = bystanders(&stage.octopus);
    stage
        .octopus
        .fault(case.fault.clone())
        .at(case.nth)
        .times(case.times);
    let start = Instant::now();
    // Secrets, panics and places in the source are looked for in every run.
    let outcome = case.scenario.run(&stage, case.retry_for()).run();
    let took = start.elapsed();

    let result = within_the_time_allowed(case, took)
        .and_then(|()| ends_as_it_should(case, &outcome))
        .and_then(|()| match case.scenario.step {
            Step::Create | Step::CreateReadOnly => create_is_honest(&stage, &outcome),
            Step::Delete | Step::DeleteNothing => delete_is_honest(case, &stage, &outcome),
            Step::Use | Step::UseByRecord => Ok(()),
        })
        .and_then(|()| nothing_is_left_after_delete(&stage));
    let result = result.and_then(|()| {
        let gone: Vec<_> = before
            .difference(&bystanders(&stage.octopus))
            .cloned()
            .collect();
        claim(gone.is_empty(), || format!("other keys are gone: {gone:?}"))
    });
    result.map_err(|broken| format!("{broken}\n{outcome:#?}"))?;
    outcome.code.ok_or_else(|| "it was killed".to_owned())
}

fn claim(holds: bool, broken: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(broken()) }
}

fn within_the_time_allowed(case: &Case, took: Duration) -> Result<(), String> {
    // After the time for trying, each key still gets one attempt.
    let allowed = case.retry_for() + TIMEOUT * 3 + SLACK;
    claim(took <= allowed, || format!("it took {took:?}"))
}

fn ends_as_it_should(case: &Case, outcome: &Outcome) -> Result<(), String> {
    let failure = match case.scenario.step {
        Step::Use | Step::UseByRecord => 125,
        _ => 1,
    };
    let code = outcome.code;
    claim(code == Some(0) || code == Some(failure), || {
        format!("it ended with {code:?}")
    })?;
    // A success that cannot be read is not asked for again: it may hold a key.
    let unreadable = matches!(case.fault, Fault::NotJson | Fault::EndlessBody);
    let made_unseen = unreadable && case.request.starts_with("POST");
    claim(
        code == Some(0) || made_unseen || !case.passes_by_itself(),
        || "one passing fault made it fail".to_owned(),
    )
}

fn create_is_honest(stage: &Stage, outcome: &Outcome) -> Result<(), String> {
    let key = outcome.variable("ApiKey");
    if outcome.code != Some(0) {
        let admits = outcome.stderr.contains("may have been made all the same")
            || living(&stage.octopus)
                .iter()
                .all(|key| outcome.stderr.contains(&key.id));
        claim(key.is_none(), || "a key was handed over".to_owned())?;
        return claim(admits, || {
            "a key lives and nothing is said of it".to_owned()
        });
    }
    let key = key.ok_or("no key was handed over")?;
    let works = common::use_key(&stage.octopus, &key).run().code == Some(0);
    claim(works, || {
        "the key that was handed over does not work".to_owned()
    })
}

fn delete_is_honest(case: &Case, stage: &Stage, outcome: &Outcome) -> Result<(), String> {
    let living = living(&stage.octopus);
    if outcome.code == Some(0) {
        return claim(living.is_empty(), || {
            "keys live on: it said done".to_owned()
        });
    }
    let named = living.iter().all(|key| {
        let expires = key.expires.map(|expires| format!("{expires:.0}"));
        let said = |text: &str| outcome.stderr.contains(text) || outcome.stdout.contains(text);
        said(&key.id) && expires.is_some_and(|expires| said(&expires))
    });
    let ids_are_known = case.request.starts_with("DELETE");
    let warned = outcome.stderr.contains("lives until it expires by itself");
    claim(named || !ids_are_known && warned, || {
        "keys live on, and it does not say which".to_owned()
    })
}

/// The faults are spent, so whatever the step left behind, `delete` finds and revokes it.
fn nothing_is_left_after_delete(stage: &Stage) -> Result<(), String> {
    if living(&stage.octopus).is_empty() {
        return Ok(());
    }
    let mut run = common::delete(&stage.octopus).run();
    // Faults that the step did not live to see strike now, and are spent after a few tries.
    for _ in 0..3 {
        if run.code != Some(0) {
            run = common::delete(&stage.octopus).run();
        }
    }
    claim(
        run.code == Some(0) && living(&stage.octopus).is_empty(),
        || format!("delete does not clean up: {run:#?}"),
    )
}

fn living(octopus: &Octopus) -> Vec<Key> {
    let keys = octopus.keys(RUNBOOK_SVC).into_iter();
    keys.filter(|key| key.purpose == PURPOSE).collect()
}

/// The ids of all keys that are not the run's.
fn bystanders(octopus: &Octopus) -> HashSet<String> {
    let owners = [RUNBOOK_SVC, RUNBOOK_ALICE, BOB].into_iter();
    owners
        .flat_map(|owner| octopus.keys(owner))
        .filter(|key| key.owner != RUNBOOK_SVC || key.purpose != PURPOSE)
        .map(|key| key.id)
        .collect()
}
