//! What real clients send, and what they need of the responses.

mod support;

use octopus_sim::worker::Worker;
use octopus_sim::{Octopus, RUNBOOK_SVC, Settings, Task, run_task};
use serde_json::{Value, json};
use support::Client;

/// The path that a client makes of a link: without the parameters of its template.
fn path(links: &Value, name: &str) -> String {
    let template = links[name]
        .as_str()
        .unwrap_or_else(|| panic!("no link {name} in {links}"));
    template.split('{').next().expect("a path").to_owned()
}

/// The requests of the official .NET client's default repository, replayed: method, path, headers
/// and body as its sources send them. `PUT` and `DELETE` are `POST` with a header.
struct DotNet(Client);

impl DotNet {
    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let verb = if method == "GET" { "GET" } else { "POST" };
        let mut headers = vec![
            ("Accept", "application/json"),
            ("User-Agent", "OctopusClient-dotnet/16.0.0"),
        ];
        let mut text = String::new();
        if method != "GET" {
            headers.push(("Content-Type", "application/json; charset=utf-8"));
            text = body.to_string();
        }
        if ["PUT", "DELETE"].contains(&method) {
            headers.push(("X-HTTP-Method-Override", method));
        }
        let response = self.0.send(verb, path, &headers, &text);
        let mut response = response.expect("a response");
        let status = response.status().as_u16();
        let body = response.body_mut().read_to_string().expect("a body");
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {body}"
        );
        serde_json::from_str(&body).expect("JSON")
    }

    fn get(&self, path: &str) -> Value {
        self.send("GET", path, &Value::Null)
    }
}

#[test]
fn the_default_repository_of_the_dotnet_client_works() {
    let octopus = Octopus::start();
    let client = DotNet(Client::service(&octopus));
    let root = client.get("/api")["Links"].clone();
    let me = client.get(&path(&root, "CurrentUser"));
    let spaces = client.get(&path(&me["Links"], "Spaces"));
    let default = &spaces[0];
    assert_eq!(default["IsDefault"], true);
    let space = client.get(&path(&default["Links"], "SpaceHome"))["Links"].clone();

    for name in [
        "Accounts",
        "ActionTemplates",
        "Deployments",
        "Environments",
        "Feeds",
        "Interruptions",
        "Machines",
        "Projects",
        "ProjectTriggers",
        "Releases",
        "Runbooks",
        "RunbookRuns",
        "Tenants",
        "WorkerPools",
    ] {
        let list = path(&space, name);
        let page = client.get(&format!("{list}?skip=0&take=2147483647"));
        for link in ["Self", "Template", "Page.All", "Page.Current", "Page.Last"] {
            assert!(page["Links"][link].is_string(), "{name} {link}");
        }
        assert!(client.get(&format!("{list}/all")).is_array(), "{name}");
    }
    for name in ["Spaces", "Users", "Teams", "UserRoles", "Tasks", "Events"] {
        let list = path(&root, name);
        let page = client.get(&format!("{list}?skip=0&spaces=all&includeSystem=true"));
        assert!(page["Links"]["Template"].is_string(), "{name}");
    }

    let environments = path(&space, "Environments");
    let created = client.send(
        "POST",
        &environments,
        &json!({ "Id": null, "Name": "Staging" }),
    );
    let own = path(&created["Links"], "Self");
    let mut changed = client.get(&own);
    changed["Name"] = json!("Stage");
    assert_eq!(client.send("PUT", &own, &changed)["Name"], "Stage");
    client.send("DELETE", &own, &Value::Null);
    assert_eq!(client.0.get(&own).status, 404);

    let keys = path(&me["Links"], "ApiKeys");
    let key = client.send(
        "POST",
        &keys,
        &json!({ "Purpose": "x", "UserId": RUNBOOK_SVC }),
    );
    let own = path(&key["Links"], "Self");
    assert_eq!(client.get(&own)["Purpose"], "x");
    client.send("DELETE", &own, &Value::Null);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
}

#[test]
fn pages_are_linked_until_the_last() {
    let octopus = Octopus::start();
    octopus.add_keys(RUNBOOK_SVC, 40);
    let client = Client::service(&octopus);
    let mut next = Some(format!(
        "/api/users/{RUNBOOK_SVC}/apikeys?partialPurpose=unrelated"
    ));
    let mut found = 0;
    while let Some(path) = next {
        let page = client.get(&path);
        found += page.each("Id").len();
        next = page.body["Links"]["Page.Next"].as_str().map(str::to_owned);
    }
    assert_eq!(found, 40);
}

#[test]
fn paths_and_parameters_do_not_distinguish_case() {
    let octopus = Octopus::start();
    let client = Client::service(&octopus);
    assert_eq!(client.get("/API/Users/ME").body["Id"], RUNBOOK_SVC);
    let keys = client.get("/api/users/users-21/ApiKeys?PartialPurpose=RUN");
    assert_eq!(keys.each("Purpose"), ["Runbooks"]);
    let found = client.get("/api/spaces-1/Environments?partialname=EST");
    assert_eq!(found.each("Name"), ["Test"]);
}

/// As the Go client writes it, of Octopus's command line and its Terraform provider.
#[test]
fn takes_an_empty_space_id_as_that_of_the_path() {
    let octopus = Octopus::start();
    let client = Client::service(&octopus);
    for (space, status) in [("", 201), ("Spaces-1", 201), ("Spaces-2", 400)] {
        let environment = json!({ "Name": format!("Violet {space}"), "SpaceId": space });
        let made = client.post("/api/Spaces-1/environments", &environment);
        assert_eq!(made.status, status, "{space}");
        assert!(
            status == 400 || made.body["SpaceId"] == "Spaces-1",
            "{space}"
        );
    }
}

#[test]
fn a_child_deployment_fails_when_its_parents_key_is_revoked() {
    let octopus = Octopus::start();
    let key = octopus.add_key(RUNBOOK_SVC, "run key", None);
    let client = Client::with_key(octopus.url(), &key.secret);
    let wanted = json!({
        "projectName": "Web Shop", "releaseVersion": "1.0", "environmentNames": ["Test"],
    });
    let released = client.post("/api/Spaces-1/releases/create/v1", &wanted);
    assert_eq!(released.status, 201);
    let made = client.post("/api/Spaces-1/deployments/create/untenanted/v1", &wanted);
    let parent = &made.body["DeploymentServerTasks"][0]["ServerTaskId"];
    let parent = parent.as_str().expect("a task");
    let tasks = octopus.tasks();
    let state = |task: String| tasks.get(&task).expect("a task").state.to_string();
    assert_eq!(state(tasks.deploy_a_release(parent)), "Success");
    octopus.revoke(&key.id);
    assert_eq!(state(tasks.deploy_a_release(parent)), "Failed");
}

#[test]
fn unknown_things_are_refused_and_wrong_keys_at_the_root_too() {
    let octopus = Octopus::start();
    let wrong = Client::with_key(octopus.url(), "API-WRONG");
    assert_eq!(wrong.get("/api").status, 401);
    let client = Client::service(&octopus);
    for path in ["/api/nothing", "/api/users/Users-99"] {
        assert_eq!(client.get(path).status, 404, "{path}");
    }
    assert_eq!(client.delete("/api/users/me").status, 405);
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
    let client = Client::service(&octopus);
    let status = |path: &str| client.get(path).status;
    assert_eq!(status(&format!("/api/tasks/{id}")), 404);
    assert_eq!(status(&format!("/api/Spaces-1/tasks/{id}")), 404);
    assert_eq!(status(&format!("/api/Spaces-2/tasks/{id}")), 200);
    assert_eq!(status(&format!("/api/tasks/{id}?spaces=Spaces-2")), 200);
    assert_eq!(status("/api/tasks/ServerTasks-77?spaces=all"), 404);
    assert_eq!(status("/api/tasks/ServerTasks-77?includeSystem=true"), 200);
    assert_eq!(client.get("/api/tasks").body["TotalResults"], 0);
    let all = client.get("/api/tasks?spaces=all&includeSystem=true");
    assert_eq!(all.each("Id"), ["ServerTasks-77", "ServerTasks-1"]);
}

#[test]
fn links_contain_the_virtual_directory() {
    let octopus = Settings {
        virtual_directory: "/octopus".to_owned(),
        ..Settings::default()
    }
    .start();
    let root = Client::anonymous(octopus.url()).get("/api");
    for link in root.body["Links"].as_object().expect("links").values() {
        let link = link.as_str().expect("text");
        assert!(link.starts_with("/octopus/"), "{link}");
    }
}

#[test]
fn a_run_keeps_the_process_that_it_was_started_with() {
    let octopus = Octopus::start();
    let client = Client::service(&octopus);
    let process = client.publish("Greet", "echo before");
    let wanted =
        json!({ "projectName": "Web Shop", "runbookName": "Greet", "environmentName": "Test" });
    let made = client.post("/api/Spaces-1/runbook-runs/create/v1", &wanted);
    let task = &made.body["RunbookRunServerTasks"][0]["ServerTaskId"];
    client.change_script(&process, "echo after");
    let run = |task: &str| {
        let ran = run_task(&octopus, task, &Worker::new()).expect("Bash is here");
        ran.step("Work").expect("it ran").raw_stdout.clone()
    };
    assert_eq!(run(task.as_str().expect("a task")), "before\n");
    let later = octopus.tasks().queue_runbook("Greet");
    assert_eq!(run(&later.expect("it is published")), "after\n");
}
