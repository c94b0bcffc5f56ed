//! How runs are doing, and who may know.

mod support;

use octopus_sim::{Octopus, Task};
use support::Client;

const EVERYWHERE: &str = "spaces=all&includeSystem=true";

fn service(octopus: &Octopus) -> Client {
    Client::with_key(octopus.url(), octopus.service_key())
}

#[test]
fn a_task_of_another_space_is_found_only_where_it_is_looked_for() {
    let octopus = Octopus::start();
    octopus.add_space("Other");
    let tasks = octopus.tasks();
    let id = tasks.queue();
    let task = tasks.get(&id).expect("it is there");
    tasks.put(Task {
        space: Some("Spaces-2".to_owned()),
        ..task.clone()
    });
    tasks.put(Task {
        id: "ServerTasks-77".to_owned(),
        space: None,
        ..task
    });
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
