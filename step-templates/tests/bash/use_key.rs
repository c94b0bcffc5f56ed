//! How the step that uses the key runs the user's own script, in Bash.

use crate::program::{Program, expected, run_variables, template, use_key, variables_with_key};
use octopus_sim::worker::{Level, Step, StepResult};

fn run(script: &str) -> StepResult {
    Program::new().run(&use_key(script), &variables_with_key())
}

fn output(script: &str) -> String {
    let result = run(script);
    assert!(result.success(), "{}", result.raw_stderr);
    let script = result.raw_stdout.strip_prefix("ran use\n");
    script.expect("the key was checked first").to_owned()
}

#[test]
fn the_key_is_checked_with_what_the_first_step_handed_on() {
    let program = Program::new();
    let worker = program
        .worker()
        .env("OCTOPUS_ACCESS_TOKEN", "of the worker");
    let result = worker.run(&use_key(""), &variables_with_key());
    assert!(result.expect("Bash is here").success());
    let passed = [
        ("OCTOPUS_URL", "https://octopus.example"),
        ("OCTOPUS_API_KEY", "API-RUNKEY"),
        ("RUNKEY_ENV_FILE", "/dev/null"),
        ("RUNKEY_OUTPUT", "octopus"),
        (
            "RUNKEY_PURPOSE",
            "Alice King (alice) [runkey ServerTasks-123]",
        ),
        ("RUNKEY_OWNER", "Users-42"),
        ("RUNKEY_KEY_ID", "apikeys-7"),
        ("RUNKEY_CREATE_STEP", "Create key"),
    ];
    assert_eq!(program.environment("use"), expected(passed));
}

#[test]
fn a_missing_key_is_the_program_s_to_report() {
    let program = Program::new();
    assert!(program.run(&use_key(""), &run_variables()).success());
    let environment = program.environment("use");
    assert_eq!(environment.get("OCTOPUS_API_KEY"), None);
    assert_eq!(environment["RUNKEY_CREATE_STEP"], "Create key");
}

#[test]
fn the_script_does_not_run_when_the_check_fails() {
    let program = Program::new();
    let worker = program.worker().env("EXIT_CODE", "125");
    let result = worker.run(&use_key("echo reached"), &variables_with_key());
    let result = result.expect("Bash is here");
    assert_eq!(result.exit_code, Some(125));
    assert_eq!(result.raw_stdout, "ran use\n");
}

#[test]
fn the_script_has_the_key_in_a_variable_and_in_the_environment_of_its_programs() {
    let script = "echo \"$ApiKey\"; env | grep -E '^OCTOPUS_(URL|API_KEY|SPACE)=' | sort";
    let shown = "API-RUNKEY\nOCTOPUS_API_KEY=API-RUNKEY\nOCTOPUS_SPACE=Spaces-1\n\
                 OCTOPUS_URL=https://octopus.example\n";
    assert_eq!(output(script), shown);
    assert!(
        run(script)
            .log
            .iter()
            .all(|line| !line.text.contains("API-RUNKEY"))
    );
}

#[test]
fn the_octopus_functions_work_in_the_script() {
    let result = run(
        "set_octopusvariable Who \"$(get_octopusvariable Octopus.Environment.Name)\"
        write_highlight done
        fail_step 'No luck.'",
    );
    assert_eq!(result.output("Who"), Some("Production"));
    assert_eq!(result.lines(Level::Highlight), ["done"]);
    assert_eq!(result.result_message.as_deref(), Some("No luck."));
    assert_eq!(result.exit_code, Some(1));
}

/// Octopus fills the array only for a script that names it, and the user's is no file.
#[test]
fn the_array_of_parameters_is_there_where_octopus_has_it_switched_on() {
    let program = Program::new();
    let worker = program.worker().octopus_parameters();
    let step = use_key("echo \"in ${octopus_parameters[Octopus.Environment.Name]}\"");
    let result = worker.run(&step, &variables_with_key());
    let result = result.expect("Bash is here");
    assert!(result.lines(Level::Info).contains(&"in Production"));
}

#[test]
fn the_script_is_run_as_it_is_written() {
    let script = r##"echo "$(echo 'it'\''s') `echo "ticked"` ##{Kept} \\ %s"
cat <<'END'
"quoted" $HOME
END
echo "#{Octopus.Environment.Name}""##;
    let shown = "it's ticked #{Kept} \\ %s\n\"quoted\" $HOME\nProduction\n";
    assert_eq!(output(script), shown);
}

/// Whatever the script redefines or leaves behind: nothing of the template comes after it.
#[test]
fn nothing_runs_behind_the_script_and_nothing_is_left_in_the_folder() {
    let shown = output("set -o functrace\ntrap 'echo \"$BASH_COMMAND\"' DEBUG\nls\n: the end");
    assert!(shown.starts_with("ls\n"), "{shown}");
    assert!(shown.ends_with("\n: the end\n"), "{shown}");
    assert!(!shown.contains("Use.sh"), "{shown}");
}

/// Where the folder takes no named pipe, or Bash is too old to read a script from one, as macOS's.
#[test]
fn the_other_ways_to_run_the_script_do_so_too() {
    let script = "echo \"with $ApiKey\"\nset_octopusvariable Set here\nwork() { return 6; }\nwork";
    for (this, other) in [("-lt 4 ]", "-lt 99 ]"), ("elif mkfifo ", "elif false ")] {
        let template = template("use").replacen(this, other, 1);
        assert!(template.contains(other));
        let step = Step::from_template("Work", &template)
            .expect("it is a template")
            .parameter("RunKey.Use.CreateStep", "Create key")
            .parameter("RunKey.Use.Script", script);
        let result = Program::new().run(&step, &variables_with_key());
        assert_eq!(result.exit_code, Some(6), "{}", result.raw_stderr);
        assert_eq!(result.raw_stderr, "");
        assert!(result.raw_stdout.contains("with API-RUNKEY\n"), "{other}");
        assert_eq!(result.output("Set"), Some("here"));
    }
}
