//! What the step that deletes the key passes to the program, in Bash, and the three steps together.

use crate::program::{
    Program, create, delete, expected, run_variables, step, use_key, variables_with_key,
};
use octopus_sim::worker::{Runbook, StepRecord, StepState};

#[test]
fn the_key_is_named_by_what_the_first_step_handed_on() {
    let program = Program::new();
    let result = program.run(&delete(), &variables_with_key());
    assert!(result.success(), "{}", result.raw_stderr);
    let passed = [
        ("OCTOPUS_URL", "https://octopus.example"),
        ("OCTOPUS_API_KEY", "API-SERVICE"),
        ("RUNKEY_OUTPUT", "octopus"),
        (
            "RUNKEY_PURPOSE",
            "Alice King (alice) [runkey ServerTasks-123]",
        ),
        ("RUNKEY_RUN_BY", "Alice King (alice)"),
        ("RUNKEY_RUN_ID", "ServerTasks-123"),
        ("RUNKEY_OWNER", "Users-42"),
        ("RUNKEY_KEY_ID", "apikeys-7"),
        ("OCTOPUS_SPACE", "Spaces-1"),
        ("RUNKEY_DRY_RUN", "False"),
        ("RUNKEY_REPORT", "run-api-key-report.html"),
        ("RUNKEY_PROOF_KEY", "API-RUNKEY"),
    ];
    assert_eq!(program.environment("delete"), expected(passed));
}

#[test]
fn without_those_outputs_the_key_is_named_by_person_and_run() {
    let program = Program::new();
    let step = step("Delete key", "delete")
        .parameter("RunKey.Delete.AccessToken", "ey.token")
        .parameter("RunKey.Delete.Owner", "runbook-svc")
        .parameter("RunKey.Delete.DryRun", "True")
        .parameter("RunKey.Delete.Report", "False");
    let variables = run_variables().triggered_by("Nightly");
    assert!(program.run(&step, &variables).success());
    let passed = [
        ("OCTOPUS_URL", "https://octopus.example"),
        ("OCTOPUS_ACCESS_TOKEN", "ey.token"),
        ("RUNKEY_OUTPUT", "octopus"),
        ("RUNKEY_RUN_BY", "System (trigger Nightly)"),
        ("RUNKEY_RUN_ID", "ServerTasks-123"),
        ("RUNKEY_OWNER", "runbook-svc"),
        ("OCTOPUS_SPACE", "Spaces-1"),
        ("RUNKEY_DRY_RUN", "True"),
    ];
    assert_eq!(program.environment("delete"), expected(passed));
}

#[test]
fn the_overrides_of_person_and_run_are_passed_on() {
    let program = Program::new();
    let step = delete()
        .parameter("RunKey.Delete.RunBy", "Bob")
        .parameter("RunKey.Delete.RunId", "Deployments-9");
    assert!(program.run(&step, &run_variables()).success());
    let environment = program.environment("delete");
    assert_eq!(environment["RUNKEY_RUN_BY"], "Bob");
    assert_eq!(environment["RUNKEY_RUN_ID"], "Deployments-9");
}

#[test]
fn the_program_s_exit_code_is_the_step_s() {
    let program = Program::new();
    let worker = program.worker().env("EXIT_CODE", "1");
    let result = worker.run(&delete(), &run_variables());
    assert_eq!(result.expect("Bash is here").exit_code, Some(1));
}

#[test]
fn three_steps_make_a_runbook_and_the_key_goes_though_the_work_fails() {
    let program = Program::new();
    let task = Runbook::new()
        .step(create())
        .step(use_key("echo \"with $ApiKey\"; exit 7"))
        .step(delete())
        .run(&program.worker(), run_variables())
        .expect("Bash is here");
    let states: Vec<_> = task.steps.iter().map(StepRecord::state).collect();
    assert_eq!(
        states,
        [
            StepState::Succeeded,
            StepState::Failed,
            StepState::Succeeded
        ]
    );
    assert_eq!(task.step("Work").and_then(|work| work.exit_code), Some(7));
    let environment = program.environment("delete");
    assert_eq!(environment["RUNKEY_PROOF_KEY"], "API-RUNKEY");
    assert_eq!(
        environment["RUNKEY_PURPOSE"],
        "Alice King (alice) [runkey ServerTasks-123]"
    );
    assert!(!task.render(false).contains("API-RUNKEY"));
}

#[test]
fn the_key_goes_too_when_the_first_step_fails_half_way() {
    let program = Program::new();
    let worker = program.worker().env("EXIT_CODE", "1");
    let task = Runbook::new()
        .step(create())
        .step(use_key("true"))
        .step(delete());
    let task = task.run(&worker, run_variables()).expect("Bash is here");
    assert!(task.step("Work").is_none());
    assert!(program.has_run("delete"));
}
