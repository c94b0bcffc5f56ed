//! What the create step passes to the program.

use octopus_sim::ALICE;
use octopus_sim::worker::{Step, Syntax};

use crate::shells;
use crate::stand_in::{StandIn, create, run_variables, step, values};

fn with_every_parameter(shell: Syntax) -> Step {
    step("Create key", "create", shell)
        .parameter("RunKey.Create.ServerUrl", "https://other.example/octopus")
        .parameter("RunKey.Create.ServiceAccountId", "a-guid")
        .parameter("RunKey.Create.Owner", "runbook-alice")
        .parameter("RunKey.Create.ExpiresIn", "2h 30m")
        .parameter("RunKey.Create.Access", "read-only")
        .parameter("RunKey.Create.ActorType", "ai-agent")
        .parameter("RunKey.Create.RunBy", "Bob")
        .parameter("RunKey.Create.RunId", "Deployments-9")
}

#[test]
fn create_passes_who_started_which_run() {
    for shell in shells() {
        let program = StandIn::new();
        let result = program.run(&create(shell), &run_variables());
        assert!(result.success(), "{}", result.raw_stderr);
        assert_eq!(result.raw_stderr, "");
        assert_eq!(
            program.environment("create"),
            values([("OCTOPUS_API_KEY", "API-SERVICE")])
        );
        let context = values([
            ("Octopus.Task.Id", "ServerTasks-123"),
            ("Octopus.Deployment.CreatedBy.Id", ALICE),
            ("Octopus.Deployment.CreatedBy.Username", "alice"),
            ("Octopus.Deployment.CreatedBy.DisplayName", "Alice King"),
            ("Octopus.Web.ServerUri", "https://octopus.example"),
            ("Octopus.Web.BaseUrl", "https://octopus.example"),
            ("ExpiresIn", "1h"),
            ("Access", "full"),
            ("ActorType", "user"),
        ]);
        assert_eq!(program.context("create"), context);
    }
}

#[test]
fn create_passes_every_parameter_and_the_id_token() {
    for shell in shells() {
        let program = StandIn::new();
        let identity = "RunKey.Create.Identity";
        let mut variables = run_variables()
            .triggered_by("Nightly")
            .with("Octopus.Machine.Id", "Machines-7")
            .with(format!("{identity}.Audience"), "its-guid");
        variables.set(format!("{identity}.OpenIdConnect.Jwt"), "ey.token", true);
        let result = program.run(&with_every_parameter(shell), &variables);
        assert!(result.success(), "{}", result.raw_stderr);
        assert_eq!(
            program.environment("create"),
            values([("OCTOPUS_ID_TOKEN", "ey.token")])
        );
        let context = program.context("create");
        for (name, value) in [
            ("Octopus.Machine.Id", "Machines-7"),
            ("Octopus.Deployment.Trigger.Name", "Nightly"),
            ("Identity.Audience", "its-guid"),
            ("ServiceAccountId", "a-guid"),
            ("ServerUrl", "https://other.example/octopus"),
            ("Owner", "runbook-alice"),
            ("ExpiresIn", "2h 30m"),
            ("Access", "read-only"),
            ("ActorType", "ai-agent"),
            ("RunBy", "Bob"),
            ("RunId", "Deployments-9"),
        ] {
            assert_eq!(context[name], value, "{name}");
        }
    }
}

/// One step for all of them: each name is in a member of its own.
#[test]
fn names_arrive_unchanged_and_nothing_in_them_is_run() {
    let trap = tempfile::tempdir().expect("a temporary folder");
    let executed = trap.path().join("executed");
    let touch = format!("touch {}", executed.display());
    let hostile = [
        format!("$({touch})`{touch}`"),
        format!("'; {touch}; '\"; {touch}; \""),
        format!("a\n'@\n{touch}\nRUNKEY_END\n{touch}\n"),
        "O'Brien \"the\" <boss> & co \\ \\n %s -n * [a]".to_owned(),
        "\u{2018}a\u{2019} \u{201c}b\u{201d} \u{85}\u{2028} Zo\u{eb} \u{1f419}\t\r\n".to_owned(),
        format!("{}\"}}", "x".repeat(20_000)),
    ];
    for shell in shells() {
        let program = StandIn::new();
        let [display, username, trigger, owner, by, id] = &hostile;
        let variables = run_variables()
            .started_by("Users-9", username, display)
            .with("Octopus.Deployment.Trigger.Name", trigger);
        let step = create(shell)
            .parameter("RunKey.Create.Owner", owner)
            .parameter("RunKey.Create.RunBy", by)
            .parameter("RunKey.Create.RunId", id);
        let result = program.run(&step, &variables);
        assert!(result.success(), "{}", result.raw_stderr);
        let raw = crate::stand_in::raw_context(&program, "create");
        for name in &hostile {
            assert!(
                raw.values().any(|value| value == name),
                "{shell:?} {name:?}: {raw:#?}"
            );
        }
    }
    assert!(!executed.exists());
}

/// What the worker's environment says would be the worker's choice: the program takes none of it
/// beside a step context, and the script sets both credentials.
#[test]
fn credentials_of_the_worker_are_overwritten() {
    for shell in shells() {
        let program = StandIn::new();
        let worker = program
            .worker()
            .env("OCTOPUS_ID_TOKEN", "of the worker")
            .env("RUNKEY_ENV_FILE", "/of/the/worker")
            .env("RUNKEY_STEP_CONTEXT", "of the worker");
        let result = worker.run(&create(shell), &run_variables());
        let result = result.expect("the shell is here");
        assert!(result.success(), "{}", result.raw_stderr);
        let environment = program.environment("create");
        assert_eq!(environment["OCTOPUS_API_KEY"], "API-SERVICE");
        assert_eq!(environment.get("OCTOPUS_ID_TOKEN"), None);
        assert_eq!(
            program.context("create")["Octopus.Task.Id"],
            "ServerTasks-123"
        );
    }
}

#[test]
fn the_exit_code_of_the_program_is_the_step_s() {
    for shell in shells() {
        let program = StandIn::new();
        let worker = program.worker().env("EXIT_CODE", "2");
        let result = worker.run(&create(shell), &run_variables());
        assert_eq!(result.expect("the shell is here").exit_code, Some(2));
    }
}
