//! How the *Use* step checks the key and runs the user's own script.

use octopus_sim::worker::{Level, Step, StepResult, Syntax, Variables};

use crate::shells;
use crate::stand_in::{
    StandIn, create, delete, run_variables, template, use_key, values, variables_with_key,
};

fn run(script: &str, shell: Syntax) -> StepResult {
    StandIn::new().run(&use_key(script, shell), &variables_with_key())
}

/// What the script prints. In PowerShell `env` and `sh` are programs as in Bash.
fn output(script: &str, shell: Syntax) -> String {
    let result = run(script, shell);
    assert!(result.success(), "{}", result.raw_stderr);
    let script = result.raw_stdout.strip_prefix("ran use\n");
    script.expect("the key was checked first").to_owned()
}

#[test]
fn use_checks_the_key_with_what_the_create_step_put_out() {
    for shell in shells() {
        let program = StandIn::new();
        assert!(
            program
                .run(&use_key("", shell), &variables_with_key())
                .success()
        );
        let secrets = [("OCTOPUS_API_KEY", "API-RUNKEY")];
        assert_eq!(program.environment("use"), values(secrets));
        let context = values([
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
        ]);
        assert_eq!(program.context("use"), context);
    }
}

#[test]
fn a_missing_key_is_the_program_s_to_report() {
    for shell in shells() {
        let program = StandIn::new();
        let worker = program
            .worker()
            .env("OCTOPUS_API_KEY", "of the worker")
            .env("EXIT_CODE", "125");
        let result = worker.run(&use_key("echo reached", shell), &run_variables());
        let result = result.expect("the shell is here");
        assert_eq!(result.exit_code, Some(125));
        assert_eq!(result.raw_stdout, "ran use\n");
        assert_eq!(program.environment("use"), values([]));
        assert_eq!(program.context("use")["CreateStep"], "Create key");
    }
}

/// The stand-in says what to set; which names these are is a table of runkey's own.
#[test]
fn the_script_s_programs_find_what_the_program_says() {
    for shell in shells() {
        let program = StandIn::new();
        let worker = program.worker().env("FOREIGN_KEY", "foreign");
        let result = worker.run(&use_key("env", shell), &variables_with_key());
        let result = result.expect("the shell is here");
        let has = |line: &str| result.raw_stdout.lines().any(|given| given == line);
        for line in [
            "OCTOPUS_URL=https://octopus.example",
            "OCTOPUS_API_KEY=API-RUNKEY",
            "OCTOPUS_APIKEY=API-RUNKEY",
            "OCTOPUS_SPACE=Spaces-1",
            "HTTP_PROXY=",
            "WITH_BLANKS=a  b c",
        ] {
            assert!(has(line), "{shell:?} {line}: {}", result.raw_stdout);
        }
        for name in ["FOREIGN_KEY", "RUNKEY_STEP_CONTEXT"] {
            assert!(!result.raw_stdout.contains(name), "{shell:?} {name}");
        }
    }
}

#[test]
fn the_script_has_the_key_in_a_variable_and_the_log_hides_it() {
    for shell in shells() {
        let result = run("echo \"with $ApiKey\"", shell);
        assert!(result.raw_stdout.contains("with API-RUNKEY"));
        assert!(
            result
                .log
                .iter()
                .all(|line| !line.text.contains("API-RUNKEY"))
        );
    }
}

#[test]
fn the_script_is_run_unchanged() {
    let script = r##"echo "$(echo 'it'\''s') `echo "ticked"` ##{Kept} \\ %s"
cat <<'END'
"quoted" $HOME
END
echo "#{Octopus.Environment.Name}""##;
    let shown = "it's ticked #{Kept} \\ %s\n\"quoted\" $HOME\nProduction\n";
    assert_eq!(output(script, Syntax::Bash), shown);
    let script = "'it''s #{Octopus.Environment.Name} ##{Kept}'\n@'\n\"quoted\" $HOME\n'@";
    for shell in shells().filter(|shell| *shell == Syntax::PowerShell) {
        let shown = "it's Production #{Kept}\n\"quoted\" $HOME\n";
        assert_eq!(output(script, shell), shown);
    }
}

/// Octopus fills the array only for a script file that names it, which makes every step slower.
#[test]
fn no_template_names_the_array_of_parameters() {
    for step in ["create", "use", "delete"] {
        assert!(!template(step, Syntax::Bash).contains("octopus_parameters["));
    }
}

/// A step that writes each variable that it asks for to standard error.
fn counting(step: &Step, name: &str) -> usize {
    let counting = "eval \\\"asked_$(declare -f get_octopusvariable)\\\"\\n\
                    get_octopusvariable() { echo asked >&2; asked_get_octopusvariable \\\"$@\\\"; }\\n";
    let body = "\"Octopus.Action.Script.ScriptBody\": \"";
    let json = template(name, Syntax::Bash).replacen(body, &format!("{body}{counting}"), 1);
    let asking = Step::from_template(step.name(), &json).expect("it is a template");
    let result = StandIn::new().run(&asking, &variables_with_key());
    result.raw_stderr.matches("asked\n").count()
}

/// Each starts openssl twice.
#[test]
fn no_step_asks_for_more_than_three_variables() {
    let shell = Syntax::Bash;
    assert_eq!(counting(&create(shell), "create"), 2);
    assert_eq!(counting(&use_key("", shell), "use"), 2);
    assert_eq!(counting(&delete(shell), "delete"), 3);
}

/// The worker traces, or has files of its own read: a secret is printed only where Octopus masks it.
#[test]
fn a_worker_that_traces_prints_no_secret_that_is_not_masked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let startup = folder.path().join("startup.sh");
    std::fs::write(&startup, "set -x\n").expect("the folder is writable");
    let mut variables: Variables = variables_with_key();
    variables.set(
        "RunKey.Create.Identity.OpenIdConnect.Jwt",
        "eyJ0.TOKEN",
        true,
    );
    for (name, value) in [
        ("SHELLOPTS", "xtrace"),
        ("BASH_ENV", startup.to_str().expect("a path")),
    ] {
        for step in [
            create(Syntax::Bash),
            use_key("true", Syntax::Bash),
            delete(Syntax::Bash),
        ] {
            let program = StandIn::new();
            let result = program.worker().env(name, value).run(&step, &variables);
            let result = result.expect("Bash is here");
            assert!(result.success(), "{}", result.raw_stderr);
            for line in &result.log {
                for secret in ["API-SERVICE", "API-RUNKEY", "eyJ0.TOKEN"] {
                    assert!(!line.text.contains(secret), "{name}: {}", line.text);
                }
            }
        }
    }
}

/// What people have in a profile: the template's own calls must not break.
#[test]
fn no_powershell_profile_changes_the_templates_own_calls() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let profile = home.path().join(".config/powershell");
    std::fs::create_dir_all(&profile).expect("the folder is writable");
    let text = "$PSNativeCommandUseErrorActionPreference = $true; Set-StrictMode -Version Latest";
    std::fs::write(profile.join("profile.ps1"), text).expect("it is writable");
    for shell in shells().filter(|shell| *shell == Syntax::PowerShell) {
        let program = StandIn::new();
        let worker = program.worker().env("HOME", home.path());
        let result = worker.run(&use_key("'after'", shell), &variables_with_key());
        let result = result.expect("the shell is here");
        assert!(result.success(), "{}", result.raw_stderr);
        assert!(result.raw_stdout.ends_with("after\n"));
        let worker = worker.env("EXIT_CODE", "125");
        let result = worker.run(&use_key("'after'", shell), &variables_with_key());
        let result = result.expect("the shell is here");
        assert_eq!(result.exit_code, Some(125), "{}", result.raw_stderr);
        assert_eq!(result.raw_stderr, "");
    }
}

#[test]
fn nothing_runs_behind_a_bash_script() {
    let script = "set -o functrace\ntrap 'echo \"$BASH_COMMAND\"' DEBUG\nls\n: the end";
    let shown = output(script, Syntax::Bash);
    assert!(shown.starts_with("ls\n"), "{shown}");
    assert!(shown.ends_with("\n: the end\n"), "{shown}");
}

#[test]
fn the_octopus_functions_work_in_the_script() {
    let bash = "set_octopusvariable Who \"$(get_octopusvariable Octopus.Environment.Name)\"
        write_highlight done
        fail_step 'No luck.'";
    let powershell = "Set-OctopusVariable Who $OctopusParameters['Octopus.Environment.Name']
        Write-Highlight done
        Fail-Step 'No luck.'";
    for shell in shells() {
        let script = if shell == Syntax::Bash {
            bash
        } else {
            powershell
        };
        let result = run(script, shell);
        assert_eq!(result.output("Who"), Some("Production"));
        assert_eq!(result.lines(Level::Highlight), ["done"]);
        assert_eq!(result.result_message.as_deref(), Some("No luck."));
        assert!(!result.success());
    }
}
