//! What a step can read, what its output means, and which steps run.

use octopus_sim::worker::{Level, Runbook, Step, StepResult, StepState, Syntax, Variables, Worker};

fn bash(name: &str, body: &str) -> Step {
    Step::script(name, Syntax::Bash, body)
}

fn run(body: &str, variables: &Variables) -> StepResult {
    let result = Worker::new().run(&bash("Script", body), variables);
    result.expect("Bash is here")
}

#[test]
fn variables_are_neither_in_the_environment_nor_in_a_file() {
    let mut variables = Variables::default();
    variables.set("Secret", "s3cr3t-value", true);
    let script = "env; cat -- * /proc/$$/cmdline; read -r line; echo \"<$line>\"";
    let result = run(script, &variables);
    assert!(!result.raw_stdout.contains("s3cr3t-value"));
    assert!(result.raw_stdout.ends_with("<>\n"), "input is left empty");
}

#[test]
fn bash_compares_names_exactly() {
    let variables = Variables::default().with("Octopus.Task.Id", "ServerTasks-1");
    let script = "get_octopusvariable Octopus.Task.Id; echo; get_octopusvariable octopus.task.id";
    assert_eq!(run(script, &variables).raw_stdout, "ServerTasks-1\n\n");
}

#[test]
fn an_artifact_name_with_a_blank_ends_a_strict_script() {
    let script = "touch 'my file.txt'; new_octopusartifact 'my file.txt' ''";
    let plain = run(script, &Variables::default());
    assert!(plain.raw_stderr.contains("ambiguous redirect"));
    assert_eq!(plain.artifacts[0].name, "my file.txt");
    let strict = run(&format!("set -e; {script}"), &Variables::default());
    assert_eq!(strict.exit_code, Some(1));
    assert!(strict.artifacts.is_empty());
}

#[test]
fn a_mask_message_hides_later_lines_of_its_own_stream() {
    let script = "echo hush; echo \"##octopus[mask value='aHVzaA==']\"; echo hush; echo hush >&2";
    let result = run(script, &Variables::default());
    assert_eq!(result.lines(Level::Info), ["hush", "********"]);
    assert_eq!(result.lines(Level::Error), ["hush"]);
}

#[test]
fn a_carriage_return_ends_a_line_too() {
    let result = run("printf '10%%\\r20%%\\r\\nend\\r\\n'", &Variables::default());
    assert_eq!(result.lines(Level::Info), ["10%", "20%", "end"]);
}

#[test]
fn a_variable_that_leads_to_itself_fails_the_step() {
    for (name, value) in [("A", "#{A}"), ("A", "x #{b}"), ("A", "#{B | ToUpper}")] {
        let variables = Variables::default().with(name, value).with("B", "#{a}");
        let runbook = Runbook::new()
            .step(bash("First", "echo ran"))
            .step(bash("Last", "echo ran").always());
        let task = runbook.run(&Worker::new(), variables);
        for step in &task.expect("Bash is not needed").steps {
            let result = step.result.as_ref().expect("it was tried");
            assert_eq!(result.exit_code, Some(101));
            assert_eq!(step.state(), StepState::Failed);
            assert_eq!(result.raw_stdout, "");
        }
    }
}

#[test]
fn a_target_that_fails_runs_only_what_always_runs() {
    let fail = "[ \"$(get_octopusvariable Octopus.Machine.Name)\" != Web01 ]";
    let steps = vec![
        bash("Fail", fail),
        bash("Work", "echo worked"),
        bash("Delete", "echo gone").always(),
    ];
    let targets = [("Machines-1", "Web01"), ("Machines-2", "Web02")];
    let runbook = Runbook::new().rolling(&targets, 2, steps);
    let task = runbook.run(&Worker::new(), Variables::default());
    let task = task.expect("Bash is here");
    assert!(!task.success());
    assert!(task.step_on("Work", "Web01").is_none());
    assert!(task.step_on("Delete", "Web01").is_some());
    assert!(task.step_on("Work", "Web02").is_some());
}

#[cfg(unix)]
#[test]
fn a_canceled_step_is_killed_with_all_that_it_started() {
    let script = "trap 'touch trapped' EXIT TERM INT HUP
        pwd
        sleep 60 & echo \"child $!\"
        setsid sleep 60 & echo \"child $!\"
        bash -c 'trap \"\" TERM; sleep 60 & echo \"child $!\"; echo busy; wait'; true";
    let control = octopus_sim::worker::Control::new().cancel_at("busy");
    let runbook = Runbook::new().step(bash("Work", script));
    let task = runbook.run_under(control, &Worker::new(), Variables::default());
    let task = task.expect("Bash is here");
    let result = task.step("Work").expect("it ran");
    assert_eq!(result.exit_code, None);
    let lines = result.raw_stdout.lines();
    let children: Vec<_> = lines
        .filter_map(|line| line.strip_prefix("child "))
        .collect();
    assert_eq!(children.len(), 3, "{}", result.raw_stdout);
    for child in children {
        // A process that was killed takes a moment to be gone.
        let start = std::time::Instant::now();
        while is_running(child) {
            assert!(start.elapsed().as_secs() < 20, "{child} is running");
        }
    }
    let folder = result.raw_stdout.lines().find(|line| line.starts_with('/'));
    let folder = std::path::Path::new(folder.expect("it was printed"));
    assert!(!folder.join("trapped").exists());
}

#[cfg(unix)]
fn is_running(process: &str) -> bool {
    let mut ps = std::process::Command::new("ps");
    let output = ps.args(["-o", "stat=", "-p", process]).output();
    let state = String::from_utf8(output.expect("ps is here").stdout).expect("it is ASCII");
    !state.trim().is_empty() && !state.starts_with('Z')
}
