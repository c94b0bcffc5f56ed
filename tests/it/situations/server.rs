//! The servers of the situations, in words.

use octopus_sim::{AddedKey, Certificate, Fault, Octopus, Settings, TaskState, Wording};

use crate::support::PURPOSE;
use crate::support::server::{add_key, always, finished_run, start_run};

/// The server that the words describe, and the last key that they put on it.
pub fn start(words: &str) -> (Octopus, Option<AddedKey>) {
    let mut settings = Settings::default();
    let mut others = Vec::new();
    for word in words.split("; ").filter(|word| !word.is_empty()) {
        match word {
            "in a step" | "no run" => {}
            "https" => settings.tls = true,
            "certificate of another host" => settings.certificate = Certificate::OfAnotherHost,
            "expired certificate" => settings.certificate = Certificate::Expired,
            "self-signed certificate" => settings.certificate = Certificate::SelfSigned,
            "of 2020" => settings = Settings::old_server(),
            "has other words for errors" => settings.wording = Wording::Other,
            "has an agent account" => settings.service_account_type = "Agent",
            "has no OpenID Connect" => settings.openid_connect = false,
            "ignores access levels" => settings.honors_access_level = false,
            "knows no access levels" => settings.knows_access_level = false,
            "knows no actor types" => settings.knows_actor_type = false,
            "shows no key its record" => settings.shows_a_key_its_record = false,
            "gives all keys" => settings.filters_by_purpose = false,
            "lets no key outlive a token" => settings.key_may_outlive_token = false,
            "denies EventView" => settings.service_account_lacks.push("EventView"),
            "denies TaskView" => settings.service_account_lacks.push("TaskView"),
            _ => others.push(word),
        }
    }
    let octopus = settings.start();
    let mut key = None;
    for word in others {
        match word {
            "has a key of the run" => key = Some(add_key(&octopus, PURPOSE)),
            "has a key of a finished run" => {
                finished_run(&octopus, TaskState::Canceled);
            }
            "has a run in progress" => {
                start_run(&octopus);
            }
            "has a task" => {
                octopus.tasks().queue();
            }
            "fails once" => {
                octopus.fault(Fault::Status(503)).on("GET", "/me");
            }
            _ => match word.strip_prefix("has a key ") {
                Some(purpose) => key = Some(add_key(&octopus, purpose)),
                None => break_it(&octopus, word),
            },
        }
    }
    (octopus, key)
}

/// Has the server answer wrongly from now on.
fn break_it(octopus: &Octopus, word: &str) {
    let (fault, request) = match word {
        "closes connections" => (Fault::ResetBeforeProcessing, "GET /"),
        "closes connections after a POST" => (Fault::ResetAfterProcessing, "POST /"),
        "is not reached" => (Fault::Timeout, "GET /"),
        "redirects" => {
            let to = "https://login.example.com/sso".to_owned();
            (Fault::Redirect { to }, "GET /")
        }
        "is a web page" => (Fault::NotJson, "GET /"),
        "changes purposes" => {
            let fault = Fault::json("other purpose", |key| key["Purpose"] = "Other".into());
            (fault, "POST /apikeys")
        }
        "only confirms revocations" => (Fault::accepted(), "DELETE /apikeys"),
        _ => {
            let (status, request) = word.split_once(" to ").expect(word);
            (Fault::Status(status.parse().expect(word)), request)
        }
    };
    always(octopus, request, fault);
}
