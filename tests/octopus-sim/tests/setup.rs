//! Setting up a space by API, as `install` does, and running the runbook that it made.

mod support;

use std::io::Write;

use octopus_sim::worker::Worker;
use octopus_sim::{Octopus, Settings, run_task};
use serde_json::{Value, json};
use support::Client;

const SPACE: &str = "/api/Spaces-1";

fn id(document: &Value) -> &str {
    document["Id"].as_str().expect("an ID")
}

fn post(client: &Client, path: &str, body: &Value) -> Value {
    let answer = client.post(path, body);
    assert_eq!(answer.status, 201, "{path}: {}", answer.body);
    answer.body
}

/// Uploads a package that holds one file.
fn upload(octopus: &Octopus, query: &str) -> u16 {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("hello.txt", stored).expect("room");
    zip.write_all(b"from the package").expect("room");
    let zip = zip.finish().expect("room").into_inner();
    let head =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"tool.1.0.0.zip\"\r\n\r\n";
    let body = [head.as_bytes(), &zip, b"\r\n--b--\r\n"].concat();
    let agent = &Client::anonymous(octopus.url()).agent;
    let request = agent
        .post(format!("{}{SPACE}/packages/raw{query}", octopus.url()))
        .header("X-Octopus-ApiKey", octopus.service_key())
        .header("Content-Type", "multipart/form-data; boundary=b");
    request
        .send(&body[..])
        .expect("a response")
        .status()
        .as_u16()
}

#[test]
fn a_package_is_created_kept_or_refused() {
    let octopus = Octopus::start();
    assert_eq!(upload(&octopus, ""), 201);
    assert_eq!(upload(&octopus, "?overwriteMode=FailIfExists"), 409);
    assert_eq!(upload(&octopus, "?overwriteMode=IgnoreIfExists"), 200);
    assert_eq!(octopus.packages("Spaces-1"), ["tool.1.0.0.zip"]);
}

#[test]
fn a_stale_version_is_refused_and_secrets_are_kept_by_id() {
    let octopus = Octopus::start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let path = format!("{SPACE}/variables/variableset-Projects-1");
    let mut set = client.get(&path).body;
    set["Variables"] =
        json!([{ "Name": "Secret", "Value": "s3cret", "Type": "Sensitive", "IsSensitive": true }]);
    let stored = client.put(&path, &set).body;
    assert_eq!(
        (&stored["Version"], &stored["Variables"][0]["Value"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(client.put(&path, &set).status, 409);
    assert_eq!(client.put(&path, &stored).status, 200);
    let secret = || octopus.documents("Spaces-1", "variables")[0]["Variables"][0]["Value"].clone();
    assert_eq!(secret(), "s3cret");
    let mut rebuilt = client.get(&path).body;
    rebuilt["Variables"][0]
        .as_object_mut()
        .expect("an object")
        .remove("Id");
    assert_eq!(client.put(&path, &rebuilt).status, 200);
    assert_eq!(secret(), Value::Null);
}

#[test]
fn an_imported_template_starts_at_0_and_rises_with_each_change() {
    let octopus = Octopus::start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let path = format!("{SPACE}/actiontemplates");
    let body = json!({ "Name": "Create", "ActionType": "Octopus.Script", "SpaceId": "Spaces-1", "Version": 7 });
    let made = post(&client, &path, &body);
    assert_eq!(made["Version"], 0);
    let changed = client.put(&format!("{path}/{}", id(&made)), &made).body;
    assert_eq!(changed["Version"], 1);
    assert_eq!(client.post(&path, &body).status, 400);
    assert_eq!(client.post(&path, &json!({ "Name": "x" })).status, 400);
}

#[test]
fn a_permission_that_is_missing_is_named() {
    let octopus = Settings {
        service_account_lacks: vec!["AccountCreate"],
        ..Settings::default()
    }
    .start();
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let refused = client.post(&format!("{SPACE}/accounts"), &json!({ "Name": "x" }));
    assert_eq!(refused.status, 403);
    assert!(
        refused.body["ErrorMessage"]
            .as_str()
            .is_some_and(|text| text.contains("AccountCreate"))
    );
}

/// A runbook with one step that reads everything a run gives it.
fn set_up(client: &Client, audience: &str) {
    let account = json!({
        "AccountType": "GenericOidcAccount", "Name": "Runbooks", "Audience": audience,
        "DeploymentSubjectKeys": ["space", "project", "runbook", "type"], "SpaceId": "Spaces-1",
    });
    let account = post(client, &format!("{SPACE}/accounts"), &account);
    let runbook =
        json!({ "Name": "Rotate certificates", "ProjectId": "Projects-1", "SpaceId": "Spaces-1" });
    let runbook = post(client, &format!("{SPACE}/runbooks"), &runbook);
    let path = format!("{SPACE}/variables/variableset-Projects-1");
    let mut set = client.get(&path).body;
    set["Variables"] = json!([
        { "Name": "Identity", "Value": id(&account), "Type": "GenericOidcAccount", "Scope": { "ProcessOwner": [id(&runbook)] } },
        { "Name": "Other", "Value": "hidden", "Type": "String", "Scope": { "ProcessOwner": ["Runbooks-99"] } },
    ]);
    assert_eq!(client.put(&path, &set).status, 200);

    let path = format!(
        "{SPACE}/runbookProcesses/{}",
        runbook["RunbookProcessId"].as_str().expect("an ID")
    );
    let mut process = client.get(&path).body;
    let script =
        "cat \"$(get_octopusvariable 'Octopus.Action.Package[Tool].ExtractedPath')/hello.txt\"
        echo \" $(get_octopusvariable Octopus.Deployment.CreatedBy.Username) #{Other} #{Greeting}\"
        set_octopusvariable Jwt \"$(get_octopusvariable My.Identity.OpenIdConnect.Jwt)\"";
    process["Steps"] = json!([{ "Name": "Work", "Condition": "Always", "Actions": [{
        "Name": "Work", "ActionType": "Octopus.Script",
        "Packages": [{ "Name": "Tool", "PackageId": "tool", "FeedId": "feeds-builtin" }],
        "Properties": {
            "Octopus.Action.Script.Syntax": "Bash", "Octopus.Action.Script.ScriptBody": script,
            "My.Identity": "Identity", "Greeting": { "HasValue": true, "NewValue": "hello" },
        },
    }] }]);
    let process = client.put(&path, &process).body;
    let greeting = &process["Steps"][0]["Actions"][0]["Properties"]["Greeting"];
    assert_eq!(greeting["NewValue"], Value::Null);
    let template = client.get(&format!("{path}/runbookSnapshotTemplate")).body;
    assert_eq!(template["Packages"][0]["PackageReferenceName"], "Tool");
    let snapshot = json!({ "ProjectId": "Projects-1", "RunbookId": id(&runbook), "Name": "Snapshot 1", "SelectedPackages": [] });
    post(
        client,
        &format!("{SPACE}/runbookSnapshots?publish=true"),
        &snapshot,
    );
    let trigger = json!({
        "ProjectId": "Projects-1", "SpaceId": "Spaces-1", "Name": "Nightly",
        "Action": { "ActionType": "RunRunbook" }, "Filter": { "FilterType": "CronExpressionSchedule" },
    });
    post(client, &format!("{SPACE}/projecttriggers"), &trigger);
    assert_eq!(
        client
            .get(&format!("{SPACE}/projects/web-shop/triggers"))
            .body["TotalResults"],
        1
    );
}

#[test]
fn a_runbook_that_was_set_up_by_api_runs_on_the_worker() {
    let octopus = Octopus::start();
    assert_eq!(upload(&octopus, "?overwriteMode=FailIfExists"), 201);
    let client = Client::with_key(octopus.url(), octopus.service_key());
    let user =
        json!({ "Username": "robot", "DisplayName": "Robot", "IsActive": true, "IsService": true });
    let user = post(&client, "/api/users", &user);
    set_up(&client, &octopus.service_account_id(id(&user)));
    let wanted = json!({
        "spaceId": "Spaces-1", "projectName": "Web Shop", "runbookName": "Rotate certificates",
        "environmentNames": ["Production"],
    });
    let run = post(&client, &format!("{SPACE}/runbook-runs/create/v1"), &wanted);
    let task = run["RunbookRunServerTasks"][0]["ServerTaskId"]
        .as_str()
        .expect("a task");
    let result = run_task(&octopus, task, &Worker::new()).expect("Bash is here");
    let step = result.step("Work").expect("it ran");
    assert_eq!(
        step.raw_stdout.lines().next(),
        Some("from the package runbook-svc #{Other} hello")
    );
    assert!(
        step.output("Jwt")
            .is_some_and(|jwt| jwt.split('.').count() == 3)
    );
    let polled = client.get(&format!("/api/tasks/{task}")).body;
    assert_eq!(
        (&polled["IsCompleted"], &polled["FinishedSuccessfully"]),
        (&json!(true), &json!(true))
    );
}
