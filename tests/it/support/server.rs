//! What is on the simulated server: keys, tasks, requests.

use jiff::SignedDuration;
use octopus_sim::{AddedKey, Fault, Octopus, RUNBOOK_SVC, Request, Settings, TaskState, World};

use super::ALICE;

pub const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The requests that create and revoke a key of the service account.
pub const POST: &str = "POST /api/users/Users-21/apikeys";
pub const DELETE: &str = "DELETE /api/users/Users-21/apikeys/ID";
pub const ME: &str = "GET /api/users/me";
/// The narrowed list of Alice's run.
pub const LIST: &str =
    "GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000";
/// The whole list.
pub const WHOLE_LIST: &str = "GET /api/users/Users-21/apikeys?skip=0&take=1000";

/// A key of the service account with this purpose, valid for an hour.
pub fn add_key(octopus: &Octopus, purpose: &str) -> AddedKey {
    octopus.add_key(RUNBOOK_SVC, purpose, Some(octopus.now() + HOUR))
}

/// The purposes of the service account's keys that are active, but for the service account key.
pub fn active_keys(octopus: &World) -> Vec<String> {
    let keys = octopus.keys(RUNBOOK_SVC).into_iter().skip(1);
    let keys = keys.filter(|key| !key.is_expired(octopus.now()));
    keys.map(|key| key.purpose).collect()
}

/// The IDs of the service account's keys that are not revoked, but for the service account key;
/// oldest first.
pub fn left(octopus: &World) -> Vec<String> {
    let keys = octopus.keys(RUNBOOK_SVC).into_iter().skip(1);
    keys.map(|key| key.id).collect()
}

/// The requests that the server had, as `METHOD path?query`, IDs of keys replaced by `ID`.
pub fn requests(octopus: &World) -> Vec<String> {
    octopus.requests().iter().map(request_line).collect()
}

fn request_line(request: &Request) -> String {
    let path = match request.path.rsplit_once('/') {
        Some((path, last)) if last.starts_with("apikeys-") || last.starts_with("APIKeys-") => {
            format!("{path}/ID")
        }
        _ => request.path.clone(),
    };
    let query = match request.query.as_str() {
        "" => String::new(),
        query => format!("?{query}"),
    };
    format!("{} {path}{query}", request.method)
}

/// A server whose present is an hour ago, until [`an_hour_later`].
pub fn an_hour_ago(settings: Settings) -> Octopus {
    Settings {
        clock_offset: -HOUR,
        ..settings
    }
    .start()
}

/// The server's clock is right now.
pub fn an_hour_later(octopus: &Octopus) {
    octopus.advance_clock(HOUR);
}

/// A key of Alice's for this run, valid for two hours.
pub fn add_key_of_run(octopus: &Octopus, run: &str) -> AddedKey {
    let purpose = format!("{ALICE} [runkey {run}]");
    octopus.add_key(RUNBOOK_SVC, &purpose, Some(octopus.now() + HOUR * 2))
}

/// A run of Alice's that is in progress, and its key: the IDs of both.
pub fn start_run(octopus: &Octopus) -> (String, String) {
    let task = octopus.tasks().queue();
    octopus.tasks().start(&task);
    let key = add_key_of_run(octopus, &task);
    (task, key.id)
}

/// A run of Alice's that left its key active: the IDs of both.
pub fn finished_run(octopus: &Octopus, state: TaskState) -> (String, String) {
    let (task, key) = start_run(octopus);
    octopus.tasks().end(&task, state);
    (task, key)
}

/// A server with other settings than usual.
pub fn server_with(change: impl FnOnce(&mut Settings)) -> Octopus {
    let mut settings = Settings::default();
    change(&mut settings);
    settings.start()
}

/// Answers every request of this kind, such as `GET /users/me`, with the fault.
pub fn always(octopus: &Octopus, request: &str, fault: Fault) {
    let (method, path) = request.split_once(' ').unwrap();
    octopus.fault(fault).on(method, path).forever();
}
