//! Keys of runs, and the tasks that made them.

use jiff::SignedDuration;
use octopus_sim::{AddedKey, Octopus, RUNBOOK_SVC, Settings, TaskState};

use super::{ALICE, Runkey, runkey};

/// `runkey delete --ended` for the whole account.
pub fn delete_ended(octopus: &Octopus) -> Runkey<'_> {
    runkey(octopus, "delete")
        .without("RUNKEY_RUN_BY")
        .without("RUNKEY_RUN_ID")
        .args(["--ended"])
}

/// A server whose present is an hour ago, until [`an_hour_later`].
pub fn an_hour_ago(settings: Settings) -> Octopus {
    Settings {
        clock_offset: SignedDuration::from_hours(-1),
        ..settings
    }
    .start()
}

/// The server's clock is right now.
pub fn an_hour_later(octopus: &Octopus) {
    octopus.advance_clock(SignedDuration::from_hours(1));
}

/// A key of Alice's for this run, good for two hours.
pub fn add_key_of_run(octopus: &Octopus, owner: &str, run: &str) -> AddedKey {
    let expires = octopus.now() + SignedDuration::from_hours(2);
    let purpose = format!("{ALICE} [runkey {run}]");
    octopus.add_key(owner, &purpose, Some(expires))
}

/// A run of Alice's that has begun, and its key: the task's id and the key's.
pub fn begin_run(octopus: &Octopus) -> (String, String) {
    let task = octopus.tasks().queue();
    octopus.tasks().start(&task);
    let key = add_key_of_run(octopus, RUNBOOK_SVC, &task);
    (task, key.id)
}

/// A run of Alice's that left its key behind: the task's id and the key's.
pub fn leave_behind(octopus: &Octopus, state: TaskState) -> (String, String) {
    let (task, key) = begin_run(octopus);
    octopus.tasks().end(&task, state);
    (task, key)
}

/// The ids of the service account's keys but for its standing one, oldest first.
pub fn left(octopus: &Octopus) -> Vec<String> {
    let keys = octopus.keys(RUNBOOK_SVC);
    keys[1..].iter().map(|key| key.id.clone()).collect()
}
