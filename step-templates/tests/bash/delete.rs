//! What the step that deletes the key passes to the program, in Bash, and the three steps together.

use crate::program::{
    Program, asked, counting, create, delete, expected, run_variables, step, use_key,
    variables_with_key,
};
use octopus_sim::worker::{Level, Runbook, StepRecord, StepState};

#[test]
fn the_key_is_named_by_what_the_first_step_handed_on() {
    let program = Program::new();
    let result = program.run(&delete(), &variables_with_key());
    assert!(result.success(), "{}", result.raw_stderr);
    let passed = [
        ("OCTOPUS_URL", "https://octopus.example"),
        ("OCTOPUS_API_KEY", "API-SERVICE"),
        ("RUNKEY_ENV_FILE", "/dev/null"),
        ("RUNKEY_OUTPUT", "octopus"),
        (
            "RUNKEY_PURPOSE",
            "Alice King (alice) [runkey ServerTasks-123]",
        ),
        ("RUNKEY_OWNER", "Users-42"),
        ("RUNKEY_KEY_ID", "apikeys-7"),
        ("OCTOPUS_SPACE", "Spaces-1"),
        ("RUNKEY_DRY_RUN", "False"),
        ("RUNKEY_ENDED", "True"),
        ("RUNKEY_REPORT", "run-api-key-report.html"),
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
        .parameter("RunKey.Delete.Report", "False")
        .parameter("RunKey.Delete.Ended", "False");
    let variables = run_variables().triggered_by("Nightly");
    assert!(program.run(&step, &variables).success());
    let passed = [
        ("OCTOPUS_URL", "https://octopus.example"),
        ("OCTOPUS_ACCESS_TOKEN", "ey.token"),
        ("RUNKEY_ENV_FILE", "/dev/null"),
        ("RUNKEY_OUTPUT", "octopus"),
        ("RUNKEY_RUN_BY", "System (trigger Nightly)"),
        ("RUNKEY_RUN_ID", "ServerTasks-123"),
        ("RUNKEY_OWNER", "runbook-svc"),
        ("OCTOPUS_SPACE", "Spaces-1"),
        ("RUNKEY_DRY_RUN", "True"),
        ("RUNKEY_ENDED", "False"),
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

/// The program is told to revoke the keys of runs that are over only beside a run of its own.
#[test]
fn a_mistyped_create_step_leaves_person_and_run() {
    let program = Program::new();
    let step = delete().parameter("RunKey.Delete.CreateStep", "Craete key");
    assert!(program.run(&step, &variables_with_key()).success());
    let environment = program.environment("delete");
    assert_eq!(environment.get("RUNKEY_PURPOSE"), None);
    assert_eq!(environment["RUNKEY_RUN_BY"], "Alice King (alice)");
    assert_eq!(environment["RUNKEY_RUN_ID"], "ServerTasks-123");
    assert_eq!(environment["RUNKEY_ENDED"], "True");
}

#[test]
fn a_run_that_nobody_is_named_for_is_named_as_when_its_key_was_created() {
    let nobody = run_variables().started_by_nobody();
    let program = Program::new();
    let created = program.run(&create(), &nobody);
    let deleted = program.run(&delete(), &nobody);
    assert_eq!(created.lines(Level::Warning), deleted.lines(Level::Warning));
    assert_eq!(program.environment("delete")["RUNKEY_RUN_BY"], "Unknown");
}

#[test]
fn the_key_is_presented_once_more_only_when_asked_for() {
    let program = Program::new();
    for (asked, passed) in [
        ("True", Some("API-RUNKEY")),
        (" yes ", Some("API-RUNKEY")),
        ("False", None),
        ("", None),
    ] {
        let step = delete().parameter("RunKey.Delete.Proof", asked);
        let result = program.run(&step, &variables_with_key());
        assert!(result.success() && result.lines(Level::Warning).is_empty());
        let environment = program.environment("delete");
        let proof_key = environment.get("RUNKEY_PROOF_KEY");
        assert_eq!(proof_key.map(String::as_str), passed, "{asked}");
    }
}

#[test]
fn a_switch_about_the_report_that_cannot_be_read_is_a_warning() {
    let program = Program::new();
    for name in ["Report", "Proof"] {
        let name = format!("RunKey.Delete.{name}");
        let step = delete().parameter(&name, "#{Project.NoSuchVariable}");
        let result = program.run(&step, &variables_with_key());
        assert!(result.success(), "{}", result.raw_stderr);
        let warning =
            format!("The parameter {name} is neither True nor False; it is taken for False.");
        assert_eq!(result.lines(Level::Warning), [warning]);
        let environment = program.environment("delete");
        assert_eq!(environment.get("RUNKEY_PROOF_KEY"), None);
        assert_eq!(
            environment.contains_key("RUNKEY_REPORT"),
            name.ends_with("Proof")
        );
    }
}

#[test]
fn the_other_switches_are_the_program_s_to_read() {
    let program = Program::new();
    let step = delete()
        .parameter("RunKey.Delete.DryRun", "$false")
        .parameter("RunKey.Delete.Ended", "maybe");
    assert!(program.run(&step, &variables_with_key()).success());
    let environment = program.environment("delete");
    assert_eq!(environment["RUNKEY_DRY_RUN"], "$false");
    assert_eq!(environment["RUNKEY_ENDED"], "maybe");
}

/// Each costs two processes.
#[test]
fn no_variable_is_asked_for_twice_or_without_need() {
    let delete = counting("delete").parameter("RunKey.Delete.ApiKey", "API-SERVICE");
    let named = delete
        .clone()
        .parameter("RunKey.Delete.CreateStep", "Create key");
    assert_eq!(asked(&named, &variables_with_key()), 13);
    assert_eq!(asked(&delete, &run_variables()), 17);
    let use_key = counting("use").parameter("RunKey.Use.CreateStep", "Create key");
    assert_eq!(asked(&use_key, &variables_with_key()), 9);
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
