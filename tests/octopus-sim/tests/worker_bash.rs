//! A Bash step has the Octopus functions in its own shell, and what it says reaches the worker.

use octopus_sim::worker::{Level, Step, StepResult, Syntax, Variables, Worker};

fn run(body: &str, variables: &Variables) -> StepResult {
    let step = Step::script("Script", Syntax::Bash, body);
    Worker::new().run(&step, variables).expect("Bash is here")
}

fn run_alone(body: &str) -> StepResult {
    run(body, &Variables::default())
}

#[test]
fn variables_are_neither_in_the_environment_nor_in_a_file() {
    let mut variables = Variables::default();
    variables.set("Secret", "s3cr3t-value", true);
    let result = run(
        "env; cat -- * /proc/$$/cmdline; read -r line; echo \"<$line>\"",
        &variables,
    );
    assert!(!result.raw_stdout.contains("s3cr3t-value"));
    assert!(
        result.raw_stdout.contains("<>"),
        "standard input is left empty"
    );
}

#[test]
fn programs_do_not_see_the_functions_of_the_script() {
    let result = run_alone("bash -c 'get_octopusvariable A'");
    assert_eq!(result.exit_code, Some(127));
}

#[test]
fn each_line_has_the_level_that_was_last_set() {
    let result = run_alone(
        "echo plain; write_verbose v; write_highlight h; write_warning w; write_wait x; echo plain again
         echo '##octopus[stdout-error]'; echo bad",
    );
    let levels: Vec<_> = result
        .log
        .iter()
        .map(|line| (line.level, line.text.as_str()))
        .collect();
    assert_eq!(
        levels,
        [
            (Level::Info, "plain"),
            (Level::Verbose, "v"),
            (Level::Highlight, "h"),
            (Level::Warning, "w"),
            (Level::Wait, "x"),
            (Level::Info, "plain again"),
            (Level::Error, "bad"),
        ]
    );
}

#[test]
fn an_artifact_name_with_a_blank_ends_a_strict_script() {
    let script = "touch 'my file.txt'; new_octopusartifact 'my file.txt' ''; echo survived";
    let plain = run_alone(script);
    assert!(plain.success());
    assert_eq!(plain.artifacts[0].name, "my file.txt");
    assert!(plain.lines(Level::Info).contains(&"survived"));
    assert!(plain.raw_stderr.contains("ambiguous redirect"));

    let strict = run_alone(&format!("set -e; {script}"));
    assert_eq!(strict.exit_code, Some(1));
    assert!(strict.artifacts.is_empty());
}

#[test]
fn the_script_decides_by_its_exit_code() {
    assert!(run_alone("true").success());
    assert_eq!(run_alone("exit 7").exit_code, Some(7));
    assert_eq!(run_alone("kill -KILL $$").exit_code, Some(137));
}

#[test]
fn scripts_see_the_worker_s_environment_and_not_the_tests() {
    let step = Step::script(
        "Script",
        Syntax::Bash,
        "echo \"$GIVEN ${CARGO_MANIFEST_DIR-gone}\"",
    );
    let result = Worker::new()
        .env("GIVEN", "given")
        .run(&step, &Variables::default())
        .expect("Bash is here");
    assert_eq!(result.lines(Level::Info), ["given gone"]);
}

#[test]
fn a_carriage_return_ends_a_line_too() {
    let result = run_alone("printf '10%%\\r20%%\\r\\nend\\r\\n'");
    assert_eq!(result.lines(Level::Info), ["10%", "20%", "end"]);
}

#[test]
fn a_mask_message_hides_later_lines_of_its_own_stream() {
    let mask = "##octopus[mask value='aHVzaA==']";
    let result = run_alone(&format!("echo hush; echo \"{mask}\"; echo hush"));
    assert_eq!(result.lines(Level::Info), ["hush", "********"]);
    let result = run_alone(&format!("echo \"{mask}\"; echo hush >&2"));
    assert_eq!(result.lines(Level::Error), ["hush"]);
}
