//! The example runbook: it is ready to run, and runs.

use octopus_sim::worker::{TaskResult, Worker};
use octopus_sim::{Octopus, RUNBOOK_SVC, TaskState, run_task};

use crate::installer::{Installer, SPACE};

const EXAMPLE: [&str; 4] = [
    "--service-account",
    "robot",
    "--example-runbook",
    "Web Shop",
];

/// Presses *Run*, as Alice.
fn run(octopus: &Octopus, runbook: &str) -> TaskResult {
    let task = octopus.tasks().queue_runbook(runbook).unwrap();
    run_task(octopus, &task, &Worker::new()).unwrap()
}

#[test]
fn creates_two_published_runbooks_with_their_steps() {
    let octopus = Octopus::start();
    let outcome = Installer::new().succeed(&octopus, &EXAMPLE);
    let runbooks = octopus.documents(SPACE, "runbooks");
    let names: Vec<_> = runbooks.iter().map(|runbook| &runbook["Name"]).collect();
    assert_eq!(names, ["runkey example", "runkey cleanup"]);
    assert!(
        runbooks
            .iter()
            .all(|it| it["PublishedRunbookSnapshotId"].is_string())
    );
    let processes = octopus.documents(SPACE, "runbookprocesses");
    let steps = processes[0]["Steps"].as_array().unwrap();
    let of_steps = |field: &str| {
        steps
            .iter()
            .map(|step| step[field].clone())
            .collect::<Vec<_>>()
    };
    let expected = [
        "Create run API key",
        "Use run API key",
        "Delete run API key",
    ];
    assert_eq!(of_steps("Name"), expected);
    assert_eq!(of_steps("Condition"), ["Success", "Success", "Always"]);
    let create = &steps[0]["Actions"][0]["Properties"];
    assert_eq!(create["RunKey.Create.Identity"], "Automation.Identity");
    assert_eq!(create["RunKey.Create.ExpiresIn"], "1h");
    assert_eq!(create["Octopus.Action.Template.Version"], "0");
    let delete = &steps[2]["Actions"][0]["Properties"];
    assert_eq!(delete["RunKey.Delete.CreateStep"], "Create run API key");
    let cleanup = &processes[1]["Steps"][0]["Actions"][0]["Properties"];
    assert_eq!(cleanup["RunKey.Delete.Finished"], "True");
    let snapshots = octopus.documents(SPACE, "runbooksnapshots");
    let selected: Vec<_> = snapshots
        .iter()
        .flat_map(|it| it["SelectedPackages"].as_array().unwrap())
        .map(|package| package["Version"].as_str().unwrap())
        .collect();
    assert_eq!(selected, [env!("CARGO_PKG_VERSION"); 4]);
    assert!(
        outcome.out.contains("run the runbook 'runkey example'"),
        "{}",
        outcome.out
    );
}

#[test]
fn uses_worker_pool_and_shell_that_are_chosen() {
    let octopus = Octopus::start();
    let chosen = [
        "--worker-pool",
        "default worker pool",
        "--shell",
        "powershell",
    ];
    Installer::new().succeed(&octopus, &[&EXAMPLE[..], &chosen].concat());
    let process = &octopus.documents(SPACE, "runbookprocesses")[0];
    let action = &process["Steps"][1]["Actions"][0];
    assert_eq!(action["WorkerPoolId"], "WorkerPools-1");
    let properties = &action["Properties"];
    assert_eq!(properties["Octopus.Action.Script.Syntax"], "PowerShell");
    let script = properties["RunKey.Use.Script"].as_str().unwrap();
    assert!(script.contains("Invoke-RestMethod"), "{script}");
}

#[test]
fn creates_nothing_for_an_unknown_worker_pool() {
    let octopus = Octopus::start();
    let chosen = [&EXAMPLE[..], &["--worker-pool", "none"]].concat();
    let outcome = Installer::new().install(&octopus, &chosen);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.err.contains("'none'"), "{}", outcome.err);
    assert!(octopus.packages(SPACE).is_empty());
}

#[test]
fn completes_what_broke_half_way() {
    let octopus = Octopus::start();
    for (method, path) in [
        ("POST", "/runbooks"),
        ("PUT", "/runbookProcesses/"),
        ("PUT", "/variables/"),
        ("POST", "/runbookSnapshots"),
    ] {
        let refusal = octopus.fault(octopus_sim::Fault::Status(403));
        refusal.on(method, path).at(1);
        let outcome = Installer::new().install(&octopus, &EXAMPLE);
        assert_eq!(outcome.code, Some(1), "{method} {path}: {}", outcome.out);
    }
    Installer::new().succeed(&octopus, &EXAMPLE);
    let runbooks = octopus.documents(SPACE, "runbooks");
    assert!(
        runbooks
            .iter()
            .all(|it| it["PublishedRunbookSnapshotId"].is_string())
    );
    assert_eq!(octopus.documents(SPACE, "runbooksnapshots").len(), 2);
}

/// The program that is tested elsewhere, if it is built.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn program() -> Option<Vec<u8>> {
    let beside =
        std::path::Path::new(env!("CARGO_BIN_EXE_step-templates")).with_file_name("runkey");
    let program = std::env::var_os("RUNKEY_PROGRAM").map_or(beside, Into::into);
    let content = std::fs::read(&program);
    if content.is_err() {
        let program = program.display();
        eprintln!("Left out: the example was not run, since {program} is not built.");
    }
    content.ok()
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn example_runs_with_nothing_stored() {
    let Some(program) = program() else { return };
    let octopus = Octopus::start();
    Installer::with_program(&program).succeed(&octopus, &EXAMPLE);
    let stored = octopus.documents(SPACE, "variables").remove(0);
    let stored = stored["Variables"].as_array().unwrap();
    assert!(stored.iter().all(|it| it["Type"] == "GenericOidcAccount"));
    let result = run(&octopus, "runkey example");
    let log = result.render(false);
    assert!(result.success(), "{log}");
    let used = result.step("Use run API key").unwrap();
    let (explanation, answer) = used.raw_stdout.split_once("{\"").unwrap();
    assert!(explanation.contains("the key's owner"), "{log}");
    assert!(answer.contains("\"Username\":\"robot\""), "{log}");
    let revoked = "Revoked API key apikeys-";
    assert!(log.contains(revoked), "{log}");
    let cleanup = run(&octopus, "runkey cleanup");
    assert!(cleanup.success(), "{}", cleanup.render(false));
}

/// As a user would: install, put one's own script into the middle step, press *Run*.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn audit_trail_names_who_started_the_example() {
    let Some(program) = program() else { return };
    let octopus = Octopus::start();
    let mut arguments = EXAMPLE;
    arguments[1] = "runbook-svc";
    Installer::with_program(&program).succeed(&octopus, &arguments);
    put_script(&octopus);
    let result = run(&octopus, "runkey example");
    let log = result.render(false);
    assert!(result.success(), "{log}");
    let event = octopus.events().into_iter();
    let event = event.rev().find(|event| event.message.contains("Staging"));
    let event = event.unwrap();
    let person = "API key 'Alice King (alice) [runkey ServerTasks-1]'";
    assert!(event.identity_established_with.starts_with(person));
    assert_eq!(event.username, "runbook-svc");
    assert!(
        log.contains("Octopus confirms that 'alice' started the run."),
        "{log}"
    );

    let canceled = octopus.tasks().queue();
    octopus.tasks().start(&canceled);
    let purpose = format!("alice (alice) [runkey {canceled}]");
    let key = octopus.add_key(RUNBOOK_SVC, &purpose, None);
    octopus.tasks().end(&canceled, TaskState::Canceled);
    let cleanup = run(&octopus, "runkey cleanup");
    assert!(cleanup.success(), "{}", cleanup.render(false));
    assert!(!octopus.is_active(&key.id), "{}", cleanup.render(false));
}

/// Has the example create an environment.
fn put_script(octopus: &Octopus) {
    let process = octopus.documents(SPACE, "runbookprocesses");
    let mut process = process
        .into_iter()
        .find(|it| it["RunbookId"] == "Runbooks-1")
        .unwrap();
    process["Steps"][1]["Actions"][0]["Properties"]["RunKey.Use.Script"] = r#"set -eo pipefail
curl --fail --silent --show-error --header "X-Octopus-ApiKey: $OCTOPUS_API_KEY" \
  --json '{"Name": "Staging"}' "$OCTOPUS_URL/api/Spaces-1/environments"
"#
    .into();
    let path = process["Id"].as_str().unwrap();
    let url = format!("{}/api/{SPACE}/runbookProcesses/{path}", octopus.url());
    let request = ureq::put(url).header("X-Octopus-ApiKey", octopus.key_of_alice());
    request.send(process.to_string()).unwrap();
}
