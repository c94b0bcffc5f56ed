//! What the delete step passes to the program, and the three steps together.

use octopus_sim::worker::{Runbook, StepRecord, StepState};

use crate::shells;
use crate::stand_in::{
    StandIn, create, delete, run_variables, step, use_key, values, variables_with_key,
};

#[test]
fn delete_passes_what_the_create_step_put_out() {
    for shell in shells() {
        let program = StandIn::new();
        let result = program.run(&delete(shell), &variables_with_key());
        assert!(result.success(), "{}", result.raw_stderr);
        let secrets = [
            ("OCTOPUS_API_KEY", "API-SERVICE"),
            ("RUNKEY_KEY", "API-RUNKEY"),
        ];
        assert_eq!(program.environment("delete"), values(secrets));
        let context = values([
            ("Octopus.Task.Id", "ServerTasks-123"),
            ("Octopus.Web.ServerUri", "https://octopus.example"),
            ("Octopus.Web.BaseUrl", "https://octopus.example"),
            ("Octopus.Space.Id", "Spaces-1"),
            ("CreateStep", "Create key"),
            ("ApiKeyId", "apikeys-7"),
            ("ApiKeyRunId", "ServerTasks-123"),
            (
                "ApiKeyPurpose",
                "Alice King (alice) [runkey ServerTasks-123]",
            ),
            ("ApiKeyOwnerId", "Users-42"),
            ("Finished", "False"),
            ("Report", "True"),
            ("DryRun", "False"),
        ]);
        assert_eq!(program.context("delete"), context);
    }
}

#[test]
fn delete_passes_every_parameter_and_the_id_token() {
    for shell in shells() {
        let program = StandIn::new();
        let identity = "RunKey.Delete.Identity";
        let mut variables = run_variables()
            .with(format!("{identity}.Audience"), "its-guid")
            .with(
                "Octopus.Action[Create key].Output.ApiKeyIndeterminate",
                "2026-11-25T21:13:00Z",
            );
        variables.set(format!("{identity}.OpenIdConnect.Jwt"), "ey.token", true);
        let step = step("Delete key", "delete", shell)
            .parameter("RunKey.Delete.ServiceAccountId", "a-guid")
            .parameter("RunKey.Delete.CreateStep", "Create key")
            .parameter("RunKey.Delete.Finished", "True")
            .parameter("RunKey.Delete.Report", "False")
            .parameter("RunKey.Delete.DryRun", "maybe")
            .parameter("RunKey.Delete.Owner", "runbook-svc")
            .parameter("RunKey.Delete.RunId", "Deployments-9")
            .parameter("RunKey.Delete.ServerUrl", "https://other.example");
        assert!(program.run(&step, &variables).success());
        let secrets = [("OCTOPUS_ID_TOKEN", "ey.token")];
        assert_eq!(program.environment("delete"), values(secrets));
        let context = program.context("delete");
        for (name, value) in [
            ("Identity.Audience", "its-guid"),
            ("ServiceAccountId", "a-guid"),
            ("ApiKeyIndeterminate", "2026-11-25T21:13:00Z"),
            ("Finished", "True"),
            ("Report", "False"),
            ("DryRun", "maybe"),
            ("Owner", "runbook-svc"),
            ("RunId", "Deployments-9"),
            ("ServerUrl", "https://other.example"),
        ] {
            assert_eq!(context[name], value, "{name}");
        }
        assert_eq!(context.get("ApiKeyRunId"), None);
    }
}

/// Octopus compares step names without regard to case; `get_octopusvariable` does not.
#[test]
fn the_create_step_is_found_whatever_its_capitals_and_blanks() {
    for shell in shells() {
        for name in ["create KEY", " Create key "] {
            let program = StandIn::new();
            let step = delete(shell).parameter("RunKey.Delete.CreateStep", name);
            assert!(program.run(&step, &variables_with_key()).success());
            let environment = program.environment("delete");
            let key = environment.get("RUNKEY_KEY").map(String::as_str);
            assert_eq!(key, Some("API-RUNKEY"), "{shell:?} '{name}'");
        }
    }
}

#[test]
fn a_create_step_s_name_may_contain_anything() {
    let name = "Create  \"key\" \\ 'it' $(id) [a]";
    let output = |what| format!("Octopus.Action[{name}].Output.{what}");
    let mut variables = run_variables().with(output("ApiKeyRunId"), "ServerTasks-9");
    variables.set(output("ApiKey"), "API-RUNKEY", true);
    for shell in shells() {
        let program = StandIn::new();
        let step = delete(shell).parameter("RunKey.Delete.CreateStep", name);
        assert!(program.run(&step, &variables).success());
        assert_eq!(program.environment("delete")["RUNKEY_KEY"], "API-RUNKEY");
        let context = program.context("delete");
        assert_eq!(context["CreateStep"], name);
        assert_eq!(context["ApiKeyRunId"], "ServerTasks-9");
    }
}

/// A profile or a module may change the folder: two runs would share one report there.
#[test]
fn delete_runs_in_the_step_s_own_folder() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let profile = home.path().join(".config/powershell");
    std::fs::create_dir_all(&profile).expect("the folder is writable");
    std::fs::write(profile.join("profile.ps1"), "Set-Location $HOME").expect("it is writable");
    for shell in shells() {
        let program = StandIn::new();
        let worker = program.worker().env("HOME", home.path());
        // The simulated worker's own files are found by the folder that it starts in.
        let result = worker.run(&delete(shell), &variables_with_key());
        let result = result.expect("the shell is here");
        assert!(result.success(), "{}", result.raw_stderr);
        let folder = program.folder("delete");
        assert_ne!(folder, home.path(), "{shell:?}");
    }
}

#[test]
fn deletes_the_key_though_the_work_fails() {
    for shell in shells() {
        let program = StandIn::new();
        let script = "echo \"with $ApiKey\"; exit 7";
        let task = Runbook::new()
            .step(create(shell))
            .step(use_key(script, shell))
            .step(delete(shell))
            .run(&program.worker(), run_variables())
            .expect("the shell is here");
        let states: Vec<_> = task.steps.iter().map(StepRecord::state).collect();
        let (succeeded, failed) = (StepState::Succeeded, StepState::Failed);
        assert_eq!(states, [succeeded, failed, succeeded]);
        assert_eq!(task.step("Work").and_then(|work| work.exit_code), Some(7));
        assert_eq!(program.context("delete")["ApiKeyRunId"], "ServerTasks-123");
        assert_eq!(program.environment("delete")["RUNKEY_KEY"], "API-RUNKEY");
        assert!(!task.render(false).contains("API-RUNKEY"));
    }
}

#[test]
fn delete_runs_when_the_create_step_fails() {
    for shell in shells() {
        let program = StandIn::new();
        let worker = program.worker().env("EXIT_CODE", "1");
        let task = Runbook::new()
            .step(create(shell))
            .step(use_key("true", shell))
            .step(delete(shell));
        let task = task
            .run(&worker, run_variables())
            .expect("the shell is here");
        assert!(task.step("Work").is_none());
        assert!(program.has_run("delete"));
    }
}
