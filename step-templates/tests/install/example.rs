//! The example runbook: it is ready to run, and runs.

use octopus_sim::worker::{TaskResult, Worker};
use octopus_sim::{ALICE, Octopus, run_task};
use serde_json::{Value, json};
use step_templates::package::file_name;

use crate::installer::{Installer, SPACE};

const EXAMPLE: [&str; 4] = [
    "--service-account",
    "robot",
    "--example-runbook",
    "Web Shop",
];

/// Presses *Run*, as Alice.
fn run(octopus: &Octopus, runbook: &str) -> TaskResult {
    let url = format!("{}/api/{SPACE}/runbook-runs/create/v1", octopus.url());
    let wanted = json!({
        "spaceId": SPACE, "projectName": "Web Shop", "runbookName": runbook,
        "environmentNames": ["Test"],
    });
    let request = ureq::post(url).header("X-Octopus-ApiKey", octopus.key_of_alice());
    let mut response = request.send(wanted.to_string()).unwrap();
    let started: Value =
        serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap();
    let task = &started["RunbookRunServerTasks"][0]["ServerTaskId"];
    run_task(octopus, task.as_str().unwrap(), &Worker::new()).unwrap()
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

/// With the program that is tested elsewhere, if there is one.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn example_runs_with_nothing_stored() {
    let beside =
        std::path::Path::new(env!("CARGO_BIN_EXE_step-templates")).with_file_name("runkey");
    let program = std::env::var_os("RUNKEY_PROGRAM").map_or(beside, Into::into);
    let Ok(program) = std::fs::read(&program) else {
        eprintln!(
            "Left out: the example was not run, since {} is not built.",
            program.display()
        );
        return;
    };
    let octopus = Octopus::start();
    let outcome = Installer::with_program(&program).succeed(&octopus, &EXAMPLE);
    assert_eq!(
        outcome.about_package(),
        "uploaded, with the program for linux-x64",
        "{}",
        file_name()
    );
    let result = run(&octopus, "runkey example");
    let log = result.render(false);
    println!("{}\n{log}", outcome.out);
    for event in octopus.events() {
        println!("{event:?}");
    }
    assert!(result.success(), "{log}");
    let used = result.step("Use run API key").unwrap();
    assert!(used.raw_stdout.contains("\"Username\":\"robot\""), "{log}");
    assert!(
        log.contains("Revoked 1 API key of run ServerTasks-"),
        "{log}"
    );
    let robot = octopus.requests().into_iter().find_map(|request| {
        let owner = request
            .path
            .strip_prefix("/api/users/")?
            .strip_suffix("/apikeys")?;
        Some(owner.to_owned())
    });
    let robot = robot.unwrap();
    assert_ne!(robot, ALICE);
    assert!(octopus.keys(&robot).is_empty(), "{log}");
    let cleanup = run(&octopus, "runkey cleanup");
    assert!(cleanup.success(), "{}", cleanup.render(false));
}
