//! How runs are doing, and who may know.

mod support;

use jiff::SignedDuration;
use octopus_sim::{Octopus, RUNBOOK_SVC, Settings, TaskState};
use serde_json::Value;
use support::Client;

const EVERYWHERE: &str = "spaces=all&includeSystem=true";

fn service(octopus: &Octopus) -> Client {
    Client::with_key(octopus.url(), octopus.service_key())
}

fn state(octopus: &Octopus, id: &str) -> Value {
    let task = service(octopus).get(&format!("/api/tasks/{id}?{EVERYWHERE}"));
    assert_eq!(task.status, 200);
    task.body["State"].clone()
}

#[test]
fn a_run_is_queued_executes_and_ends() {
    let octopus = Octopus::start();
    let id = octopus.tasks().queue();
    let task = service(&octopus).get(&format!("/api/tasks/{id}"));
    assert_eq!(task.body["State"], "Queued");
    assert_eq!(task.body["SpaceId"], "Spaces-1");
    assert!(task.body["StartTime"].is_null() && task.body["CompletedTime"].is_null());
    octopus.tasks().start(&id);
    octopus.tasks().wait_for_person(&id, true);
    assert_eq!(state(&octopus, &id), "Executing");
    octopus.advance_clock(SignedDuration::from_hours(1));
    octopus.tasks().end(&id, TaskState::Success);
    let task = service(&octopus).get(&format!("/api/tasks/{id}")).body;
    assert_eq!(
        (&task["State"], &task["IsCompleted"]),
        (&"Success".into(), &true.into())
    );
    assert!(task["StartTime"].as_str() < task["CompletedTime"].as_str());
}

#[test]
fn a_run_that_is_cancelled_is_cancelling_first() {
    let octopus = Octopus::start();
    let tasks = octopus.tasks();
    let running = tasks.queue();
    tasks.start(&running);
    tasks.cancel(&running);
    assert_eq!(state(&octopus, &running), "Cancelling");
    tasks.abandon(&running);
    assert_eq!(state(&octopus, &running), "Canceled");
    let queued = tasks.queue();
    tasks.cancel(&queued);
    assert_eq!(state(&octopus, &queued), "Canceled");
}

#[test]
fn a_task_of_another_space_is_found_only_where_it_is_looked_for() {
    let octopus = Octopus::start();
    octopus.add_space("Other");
    let id = octopus.tasks().queue_in("Spaces-2");
    octopus.tasks().queue_as("ServerTasks-77", None);
    let client = service(&octopus);
    let status = |path: &str| client.get(path).status;
    assert_eq!(status(&format!("/api/tasks/{id}")), 404);
    assert_eq!(status(&format!("/api/Spaces-1/tasks/{id}")), 404);
    assert_eq!(status(&format!("/api/Spaces-2/tasks/{id}")), 200);
    assert_eq!(status(&format!("/api/tasks/{id}?spaces=Spaces-2")), 200);
    assert_eq!(status("/api/tasks/ServerTasks-77?spaces=all"), 404);
    assert_eq!(status("/api/tasks/ServerTasks-77?includeSystem=true"), 200);
    assert_eq!(client.get("/api/tasks").body["TotalResults"], 0);
    let all = client.get(&format!("/api/tasks?{EVERYWHERE}"));
    assert_eq!(all.each("Id"), ["ServerTasks-77", "ServerTasks-1"]);
}

#[test]
fn task_view_is_a_permission_of_each_space() {
    let octopus = Octopus::start();
    let tasks = octopus.tasks();
    let [seen, hidden] = [tasks.queue(), tasks.queue_in("Spaces-2")];
    octopus.deny(RUNBOOK_SVC, "TaskView", Some("Spaces-2"));
    let client = service(&octopus);
    let all = client.get(&format!("/api/tasks?{EVERYWHERE}"));
    assert_eq!(all.each("Id"), [seen.as_str()]);
    let refused = client.get(&format!("/api/tasks/{hidden}?{EVERYWHERE}"));
    assert_eq!(refused.status, 403);
    let admin = Client::with_key(octopus.url(), octopus.admin_key());
    let all = admin.get(&format!("/api/tasks?{EVERYWHERE}"));
    assert_eq!(all.body["TotalResults"], 2);
}

#[test]
fn without_task_view_no_task_is_shown() {
    let octopus = Settings {
        service_account_lacks: vec!["TaskView"],
        ..Settings::default()
    }
    .start();
    let id = octopus.tasks().queue();
    for path in [format!("/api/tasks?ids={id}"), format!("/api/tasks/{id}")] {
        let refused = service(&octopus).get(&path);
        assert_eq!(refused.status, 403);
        let message = refused.body["ErrorMessage"].as_str();
        assert!(message.is_some_and(|message| message.contains("TaskView")));
    }
}
