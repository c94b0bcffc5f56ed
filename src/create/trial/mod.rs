//! `runkey create --trial`: whether the three steps will work on this server, seen on keys of its own
//! that it revokes again.

mod account;
mod checks;
mod end;
mod findings;
mod keys;
mod made;
mod verdict;

use std::time::Duration;

use crate::cli::Create;
use crate::key::owner;
use crate::octopus::{Id, Root};
use crate::output::Failure;
use crate::session::Session;
use crate::signals::{self, Signals};
use findings::{Findings, Verdict};
use keys::Keys;

/// How long to keep trying unless told otherwise: someone sits there and waits.
const RETRY_FOR: Duration = Duration::from_secs(20);
/// How long the trial's keys live unless told otherwise.
const EXPIRES_IN: Duration = Duration::from_mins(10);

/// Everything that is tried, in this order.
const CHECKS: [fn(&mut Trial<'_>); 7] = [
    made::make,
    checks::work,
    checks::read_only,
    checks::find,
    checks::tasks,
    end::revoke,
    end::audit,
];

/// Everything that the checks work with.
struct Trial<'a> {
    findings: Findings,
    keys: Keys<'a>,
}

/// Tries everything, revokes what it made, and says what the three steps will be able to do.
///
/// # Errors
/// When one of them will not work, or a key could not be revoked.
pub fn run(create: &Create, session: &Session<'_>) -> Result<(), Failure> {
    owner::check_given(create.key.owner.as_ref(), &session.every_secret())?;
    let client = session.open(RETRY_FOR)?.giving_names_up();
    let signals = Signals::default();
    // A system that does not let us is no reason not to try: the keys expire within minutes.
    let _ = signals.note();
    let mut findings = Findings::new(session.console);
    let root = account::server(&client, &mut findings)?;
    let owner = account::owner(&client, create.key.owner.as_ref(), &mut findings)?;
    let keys = Keys::new(&client, &owner, create.expires_in.unwrap_or(EXPIRES_IN))?;
    let mut trial = Trial { findings, keys };
    let mut signal = None;
    for check in CHECKS {
        check(&mut trial);
        signal = signal.or_else(|| signals.take());
        if signal.is_some() {
            break;
        }
    }
    // A fault or a signal may have kept a check from revoking what it made.
    let left = trial.keys.revoke_all();
    if let Some(signal) = signal.or_else(|| signals.take()) {
        let what = left_behind(&left);
        session
            .console
            .warning(&format!("Ended by a signal. {what}"));
        std::process::exit(signals::exit_code(signal));
    }
    conclude(&trial.findings, &root, &left, session)
}

fn conclude(
    findings: &Findings,
    root: &Root,
    left: &[Id],
    session: &Session<'_>,
) -> Result<(), Failure> {
    let verdicts = verdict::verdicts(findings);
    for verdict in &verdicts {
        session.console.highlight(&verdict.sentence);
    }
    findings.give(root, &verdicts, left);
    if !left.is_empty() {
        return Err(Failure::new(
            left_behind(left),
            "Delete what is left in Octopus, or wait until it expires.",
        ));
    }
    match verdicts.into_iter().find(|verdict| !verdict.works) {
        Some(Verdict { sentence, .. }) => Err(Failure::new(
            format!("The trial failed: {sentence}"),
            "Look at the lines above that are not ticked, mend what they say, and try again. The trial's keys are revoked.",
        )),
        None => Ok(()),
    }
}

fn left_behind(left: &[Id]) -> String {
    match left {
        [] => "The trial's keys are revoked.".to_owned(),
        left => {
            let ids: Vec<_> = left.iter().map(Id::as_str).collect();
            format!("The trial could not revoke {}.", ids.join(" and "))
        }
    }
}
