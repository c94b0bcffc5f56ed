//! Steps on several deployment targets.

use octopus_sim::worker::{Runbook, Step, Syntax, Variables, Worker};

const TARGETS: [(&str, &str); 3] = [
    ("Machines-1", "Web01"),
    ("Machines-2", "Web02"),
    ("Machines-3", "Web03"),
];

fn bash(name: &str, body: &str) -> Step {
    Step::script(name, Syntax::Bash, body)
}

#[test]
fn an_output_has_a_value_for_each_target_and_one_for_all() {
    let create = bash(
        "Create",
        "set_octopusvariable Key \"of $(get_octopusvariable Octopus.Machine.Id)\"",
    );
    let show = || bash("Show", "echo '#{Octopus.Action[Create].Output.Key}'");
    let after =
        "echo '#{Octopus.Action[Create].Output[Web01].Key}, #{Octopus.Action[Create].Output.Key}'";
    let runbook = Runbook::new()
        .rolling(&TARGETS, 3, vec![create])
        .rolling(&TARGETS, 3, vec![show()])
        .step(bash("After", after));
    let task = runbook
        .run(&Worker::new(), Variables::default())
        .expect("Bash is here");
    assert!(task.success());
    let shown = task.step_on("Show", "Web02").expect("it ran");
    assert_eq!(shown.raw_stdout, "of Machines-2\n");
    let after = task.step("After").expect("it ran");
    assert_eq!(after.raw_stdout, "of Machines-1, of Machines-3\n");
}

#[test]
fn a_target_that_fails_runs_only_what_always_runs() {
    let fail = bash(
        "Fail",
        "[ \"$(get_octopusvariable Octopus.Machine.Name)\" != Web01 ]",
    );
    let steps = vec![
        fail,
        bash("Work", "echo worked"),
        bash("Delete", "echo gone").always(),
    ];
    let runbook = Runbook::new().rolling(&TARGETS[..2], 2, steps);
    let task = runbook
        .run(&Worker::new(), Variables::default())
        .expect("Bash is here");
    assert!(!task.success());
    assert!(task.step_on("Work", "Web01").is_none());
    assert!(task.step_on("Delete", "Web01").is_some());
    assert!(task.step_on("Work", "Web02").is_some());
}
