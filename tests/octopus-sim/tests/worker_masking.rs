//! The log hides what is sensitive.

use octopus_sim::worker::{Runbook, Step, StepResult, Syntax, Variables, Worker};

fn run(body: &str, variables: &Variables) -> StepResult {
    let step = Step::script("Script", Syntax::Bash, body);
    Worker::new().run(&step, variables).expect("Bash is here")
}

fn log(result: &StepResult) -> Vec<&str> {
    result.log.iter().map(|line| line.text.as_str()).collect()
}

fn secret(value: &str) -> Variables {
    let mut variables = Variables::default();
    variables.set("Secret", value, true);
    variables
}

#[test]
fn a_sensitive_variable_is_hidden_on_both_streams_and_kept_raw() {
    let result = run(
        "echo \"a#{Secret}b\"; echo '#{Secret}' >&2",
        &secret("hush"),
    );
    let mut lines = log(&result);
    lines.sort_unstable();
    assert_eq!(lines, ["********", "a********b"]);
    assert_eq!(result.raw_stdout, "ahushb\n");
}

#[test]
fn a_mask_message_hides_the_following_lines_of_its_own_stream_only() {
    let mask = "##octopus[mask value='aHVzaA==']";
    let result = run(
        &format!("echo hush; echo \"{mask}\"; echo hush"),
        &Variables::default(),
    );
    assert_eq!(log(&result), ["hush", "********"]);

    let result = run(
        &format!("echo \"{mask}\"; echo hush >&2"),
        &Variables::default(),
    );
    assert_eq!(log(&result), ["hush"]);
}

#[test]
fn later_steps_hide_what_earlier_ones_made_sensitive_or_masked() {
    let first =
        "set_octopusvariable Key hush -sensitive; echo \"##octopus[mask value='c2lsZW5jZQ==']\"";
    let second = "get_octopusvariable 'Octopus.Action[First].Output.Key'; echo; echo silence";
    let task = Runbook::new()
        .step(Step::script("First", Syntax::Bash, first))
        .step(Step::script("Second", Syntax::Bash, second))
        .run(&Worker::new(), Variables::default())
        .expect("Bash is here");
    let second = task.step("Second").expect("it ran");
    assert_eq!(second.raw_stdout, "hush\nsilence\n");
    assert_eq!(log(second), ["********", "********"]);
    assert!(!task.render(true).contains("hush"));
}
