//! Which keys are over: by their expiry, or because the run is over that made them.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::key::purpose;
use crate::octopus::{Ending, Id, KeyRecord, Task};

/// How far a key's time may lie outside of its task's: the two are written by different nodes, and
/// at different moments of one step.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);
/// The longest number of a task, in digits.
const LONGEST_NUMBER: usize = 18;
/// How many characters a one-step run adds to its task's id.
const OF_ONE_STEP: usize = 8;

/// Why a key is over. `Display` follows the run's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It expired.
    Expired(Timestamp),
    /// Its run came to this end.
    Ended(Ending),
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(expires) => write!(f, " (it expired at {expires:.0})"),
            Self::Ended(ending) => write!(f, " {ending}"),
        }
    }
}

/// Whether runkey made this key for a run.
pub fn is_of_a_run(key: &KeyRecord) -> bool {
    run_id(key).is_some()
}

/// Whether the key has expired at this time.
pub fn by_expiry(key: &KeyRecord, now: Timestamp) -> Option<Over> {
    let expires = key.expires.filter(|expires| *expires <= now)?;
    Some(Over::Expired(expires))
}

/// Whether the run that made this key is over, as its task says. The key must have been made while
/// that task ran, or another server's task of that number would end a living run's key.
pub fn by_task(key: &KeyRecord, task: &Task) -> Option<Over> {
    let ending = task.ending()?;
    let (created, started, completed) = (key.created?, task.started?, task.completed?);
    let is_within =
        created.duration_since(started) >= -MARGIN && completed.duration_since(created) >= -MARGIN;
    is_within.then_some(Over::Ended(ending))
}

/// The task of the run that this key was made for, if its id is that of a task, or of a one-step run
/// in a task. Every other id is somebody's own, and says nothing of a task.
pub fn task_of(key: &KeyRecord) -> Option<Id> {
    let rest = run_id(key)?.strip_prefix("ServerTasks-")?;
    let (number, suffix) = match rest.split_once('-') {
        Some((number, suffix)) => (number, Some(suffix)),
        None => (rest, None),
    };
    let is_number = (1..=LONGEST_NUMBER).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_of_one_step = |suffix: &str| {
        suffix.len() == OF_ONE_STEP && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    (is_number && suffix.is_none_or(is_of_one_step))
        .then(|| Id::new(&format!("ServerTasks-{number}")))?
}

fn run_id(key: &KeyRecord) -> Option<&str> {
    let run = purpose::parse(key.purpose.as_ref()?.as_given())?;
    Some(run.id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(run: &str, created: &str) -> KeyRecord {
        let purpose = format!("Alice King (alice) [runkey {run}]");
        let key = json!({"Id": "apikeys-1", "Purpose": purpose, "Created": created});
        serde_json::from_value(key).unwrap()
    }

    fn task(state: &str, started: &str, completed: &str) -> Task {
        serde_json::from_value(json!({
            "Id": "ServerTasks-1", "State": state, "StartTime": started, "CompletedTime": completed,
        }))
        .unwrap()
    }

    #[test]
    fn only_the_id_of_a_task_or_of_a_one_step_run_in_one_names_a_task() {
        for (run, task) in [
            ("ServerTasks-1", Some("ServerTasks-1")),
            (
                "ServerTasks-123456789012345678",
                Some("ServerTasks-123456789012345678"),
            ),
            ("ServerTasks-1-ab12cd34", Some("ServerTasks-1")),
            ("ServerTasks-007", Some("ServerTasks-007")),
            ("ServerTasks-1234567890123456789", None),
            ("ServerTasks-", None),
            ("ServerTasks-1-", None),
            ("ServerTasks-1-ab12cd3", None),
            ("ServerTasks-1-ab12cd345", None),
            ("ServerTasks-1-ab12-d34", None),
            ("ServerTasks-1-ab12cd3ü", None),
            ("ServerTasks-1/2", None),
            ("ServerTasks-+1", None),
            ("ServerTasks-١", None),
            ("servertasks-1", None),
            ("ServerTasks-1 2", None),
            ("Deployments-1", None),
            ("nightly", None),
        ] {
            let named = task_of(&key(run, "2026-01-01T12:00:00Z"));
            assert_eq!(named.as_ref().map(Id::as_str), task, "{run}");
        }
    }

    #[test]
    fn a_task_that_is_over_ends_the_keys_that_were_made_while_it_ran() {
        let task = task(
            "Canceled",
            "2026-01-01T12:00:00Z",
            "2026-01-01T12:10:00.000+00:00",
        );
        for (created, is_over) in [
            ("2026-01-01T11:58:59Z", false),
            ("2026-01-01T11:59:00Z", true),
            ("2026-01-01T12:05:00Z", true),
            ("2026-01-01T14:11:00.000+02:00", true),
            ("2026-01-01T12:11:01Z", false),
            ("yesterday", false),
        ] {
            let over = by_task(&key("ServerTasks-1", created), &task);
            let expected = is_over.then_some(Over::Ended(Ending::Canceled));
            assert_eq!(over, expected, "{created}");
        }
    }

    #[test]
    fn no_other_state_and_no_missing_time_ends_a_key() {
        let key = key("ServerTasks-1", "2026-01-01T12:05:00Z");
        let (started, completed) = ("2026-01-01T12:00:00Z", "2026-01-01T12:10:00Z");
        for state in ["Success", "Failed", "Canceled", "TimedOut"] {
            assert!(
                by_task(&key, &task(state, started, completed)).is_some(),
                "{state}"
            );
            assert_eq!(by_task(&key, &task(state, "", completed)), None);
            assert_eq!(by_task(&key, &task(state, started, "soon")), None);
        }
        for state in [
            "Queued",
            "Pending",
            "Executing",
            "Cancelling",
            "Cancelled",
            "success",
            "",
        ] {
            assert_eq!(
                by_task(&key, &task(state, started, completed)),
                None,
                "{state}"
            );
        }
    }
}
