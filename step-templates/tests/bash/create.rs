//! What the step that creates the key passes to the program, in Bash.

use std::fs;
use std::process::Command;

use crate::program::{
    Program, asked, counting, create, environment, expected, install, run_variables, step,
};
use octopus_sim::worker::{Level, Worker};
use tempfile::TempDir;

#[test]
fn the_program_gets_the_defaults_and_who_started_which_run() {
    let program = Program::new();
    let result = program.run(&create(), &run_variables());
    assert!(result.success(), "{}", result.raw_stderr);
    assert_eq!(result.lines(Level::Info), ["ran create"]);
    let passed = [
        ("OCTOPUS_URL", "https://octopus.example"),
        ("OCTOPUS_API_KEY", "API-SERVICE"),
        ("RUNKEY_ENV_FILE", "/dev/null"),
        ("RUNKEY_OUTPUT", "octopus"),
        ("RUNKEY_RUN_BY", "Alice King (alice)"),
        ("RUNKEY_RUN_ID", "ServerTasks-123"),
        ("RUNKEY_EXPIRES_IN", "1h"),
        ("RUNKEY_ACCESS", "full"),
        ("RUNKEY_ACTOR_TYPE", "user"),
    ];
    assert_eq!(program.environment("create"), expected(passed));
}

#[test]
fn every_parameter_is_passed_on() {
    let program = Program::new();
    let step = step("Create key", "create")
        .parameter("RunKey.Create.ServerUrl", "https://other.example/octopus")
        .parameter("RunKey.Create.AccessToken", "ey.token")
        .parameter("RunKey.Create.Owner", "runbook-alice")
        .parameter("RunKey.Create.ExpiresIn", "2h 30m")
        .parameter("RunKey.Create.Access", "read-only")
        .parameter("RunKey.Create.ActorType", "ai-agent")
        .parameter("RunKey.Create.RunBy", "Bob")
        .parameter("RunKey.Create.RunId", "Deployments-9");
    assert!(program.run(&step, &run_variables()).success());
    let passed = [
        ("OCTOPUS_URL", "https://other.example/octopus"),
        ("OCTOPUS_ACCESS_TOKEN", "ey.token"),
        ("RUNKEY_ENV_FILE", "/dev/null"),
        ("RUNKEY_OUTPUT", "octopus"),
        ("RUNKEY_RUN_BY", "Bob"),
        ("RUNKEY_RUN_ID", "Deployments-9"),
        ("RUNKEY_OWNER", "runbook-alice"),
        ("RUNKEY_EXPIRES_IN", "2h 30m"),
        ("RUNKEY_ACCESS", "read-only"),
        ("RUNKEY_ACTOR_TYPE", "ai-agent"),
    ];
    assert_eq!(program.environment("create"), expected(passed));
}

#[test]
fn the_worker_s_own_variables_do_not_get_in_the_way() {
    let program = Program::new();
    let worker = program
        .worker()
        .env("OCTOPUS_ACCESS_TOKEN", "of the worker")
        .env("RUNKEY_PURPOSE", "of the worker")
        .env("RUNKEY_ENV_FILE", "/of/the/worker")
        .env("RUNKEY_OUTPUT", "text");
    let result = worker.run(&create(), &run_variables());
    assert!(result.expect("Bash is here").success());
    let environment = program.environment("create");
    assert_eq!(environment.get("OCTOPUS_ACCESS_TOKEN"), None);
    assert_eq!(environment.get("RUNKEY_PURPOSE"), None);
    assert_eq!(environment["RUNKEY_OUTPUT"], "octopus");
    assert_eq!(environment["RUNKEY_ENV_FILE"], "/dev/null");
}

#[test]
fn a_trigger_stands_for_the_person() {
    let program = Program::new();
    let variables = run_variables().triggered_by("Nightly clean-up");
    assert!(program.run(&create(), &variables).success());
    let who = "System (trigger Nightly clean-up)";
    assert_eq!(program.environment("create")["RUNKEY_RUN_BY"], who);

    let nameless = variables.started_by("", "", "");
    assert!(program.run(&create(), &nameless).success());
    assert_eq!(program.environment("create")["RUNKEY_RUN_BY"], who);
}

#[test]
fn a_run_that_nobody_is_named_for_has_a_key_all_the_same_and_a_warning() {
    let program = Program::new();
    let result = program.run(&create(), &run_variables().started_by("", "", ""));
    assert!(result.success(), "{}", result.raw_stderr);
    assert_eq!(program.environment("create")["RUNKEY_RUN_BY"], "Unknown");
    let warning = "Octopus names nobody who started this run: its key is named after \"Unknown\".";
    assert_eq!(result.lines(Level::Warning), [warning]);
}

#[test]
fn half_a_name_is_a_name() {
    let program = Program::new();
    for (username, display_name, who) in [
        ("alice", "", "alice (alice)"),
        ("", "Alice King", "Alice King"),
    ] {
        let variables = run_variables().started_by("Users-21", username, display_name);
        let result = program.run(&create(), &variables);
        assert_eq!(program.environment("create")["RUNKEY_RUN_BY"], who);
        assert!(result.lines(Level::Warning).is_empty());
    }
}

/// Each costs two processes.
#[test]
fn no_variable_is_asked_for_twice_or_without_need() {
    let create = || counting("create").parameter("RunKey.Create.ApiKey", "API-SERVICE");
    let given = create()
        .parameter("RunKey.Create.RunBy", "Bob")
        .parameter("RunKey.Create.RunId", "Deployments-9");
    assert_eq!(asked(&create(), &run_variables()), 14);
    assert_eq!(
        asked(&create(), &run_variables().triggered_by("Nightly")),
        13
    );
    assert_eq!(asked(&given, &run_variables()), 10);
}

#[test]
fn names_arrive_as_they_are_and_nothing_in_them_is_run() {
    let trap = tempfile::tempdir().expect("a temporary folder");
    let executed = trap.path().join("executed");
    let touch = format!("touch {}", executed.display());
    let hostile = [
        format!("$({touch})"),
        format!("`{touch}`"),
        format!("'; {touch}; '"),
        format!("\"; {touch}; \""),
        "O'Brien \"the\" <boss> & co".to_owned(),
        "Zoë Ångström 🐙".to_owned(),
        "-n %s \\n * [a]".to_owned(),
    ];
    let program = Program::new();
    for name in hostile {
        let variables = run_variables().started_by("Users-9", "x", &name);
        assert!(program.run(&create(), &variables).success(), "{name}");
        let who = format!("{name} (x)");
        assert_eq!(program.environment("create")["RUNKEY_RUN_BY"], who);

        let step = create().parameter("RunKey.Create.RunBy", &name);
        assert!(program.run(&step, &run_variables()).success(), "{name}");
        assert_eq!(program.environment("create")["RUNKEY_RUN_BY"], name);
    }
    assert!(!executed.exists());
}

#[test]
fn the_program_s_exit_code_is_the_step_s() {
    let program = Program::new();
    let worker = program.worker().env("EXIT_CODE", "2");
    let result = worker.run(&create(), &run_variables());
    assert_eq!(result.expect("Bash is here").exit_code, Some(2));
}

/// A package with a stand-in for both Linux systems.
fn package() -> TempDir {
    let package = tempfile::tempdir().expect("a temporary folder");
    for system in ["linux-x64", "linux-arm64"] {
        let folder = package.path().join(system);
        fs::create_dir(&folder).expect("the folder is writable");
        install(&folder.join("runkey"), "644");
    }
    package
}

#[test]
fn the_package_s_program_comes_first_even_without_its_executable_bit() {
    let package = package();
    let installed = Program::new();
    let worker = installed.worker().env("KEEP_IN", package.path());
    let step = create().package("RunKey.Create.Package", package.path());
    let result = worker.run(&step, &run_variables()).expect("Bash is here");
    assert!(result.success(), "{}", result.raw_stderr);
    assert!(!installed.has_run("create"));

    let file = package.path().join("create.env");
    assert_eq!(environment(&file)["OCTOPUS_API_KEY"], "API-SERVICE");
}

#[test]
fn a_package_without_a_program_for_this_system_leaves_the_one_on_the_path() {
    let package = tempfile::tempdir().expect("a temporary folder");
    let program = Program::new();
    let step = create().package("RunKey.Create.Package", package.path());
    assert!(program.run(&step, &run_variables()).success());
    assert!(program.has_run("create"));
}

/// A folder with a stand-in for `program` that is no more than this script.
fn stand_in(program: &str, script: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join(program);
    let written = Command::new("bash")
        .args([
            "-c",
            "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$2\" && chmod 755 \"$2\"",
            "-",
        ])
        .arg(script)
        .arg(&file)
        .status();
    assert!(written.is_ok_and(|status| status.success()));
    folder
}

#[test]
fn macos_takes_the_program_on_the_path_and_not_the_one_for_linux() {
    let package = package();
    let step = create().package("RunKey.Create.Package", package.path());
    for system in ["Darwin x86_64", "Darwin arm64", "FreeBSD amd64"] {
        let uname = stand_in("uname", &format!("echo '{system}'"));
        let installed = Program::new();
        let worker = installed.worker().path_entry(uname.path());
        let result = worker.run(&step, &run_variables());
        assert!(result.expect("Bash is here").success());
        assert!(installed.has_run("create"), "{system}");
    }
}

#[test]
fn a_missing_program_fails_the_step_and_says_where_it_was_looked_for() {
    let package = tempfile::tempdir().expect("a temporary folder");
    let step = create().package("RunKey.Create.Package", package.path());
    let result = Worker::new().run(&step, &run_variables());
    let result = result.expect("Bash is here");
    assert_eq!(result.exit_code, Some(1));
    let message = result.result_message.as_deref().expect("a reason");
    for part in ["/RunKey.Create.Package)", "/runkey", "PATH"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(result.lines(Level::Error), [message]);

    let result = Worker::new().run(&create(), &run_variables());
    let message = result.expect("Bash is here").result_message;
    assert!(message.is_some_and(|message| message.contains("none given")));
}
