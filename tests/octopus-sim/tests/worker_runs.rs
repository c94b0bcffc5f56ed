//! What a step can read, and which steps run.

use octopus_sim::worker::{Level, Runbook, Step, StepResult, StepState, Syntax, Variables, Worker};

fn bash(body: &str) -> Step {
    Step::script("Script", Syntax::Bash, body)
}

fn run(worker: &Worker, body: &str, variables: &Variables) -> StepResult {
    worker.run(&bash(body), variables).expect("Bash is here")
}

fn read(name: &str, variables: &Variables) -> String {
    let script = format!("get_octopusvariable '{name}'");
    run(&Worker::new(), &script, variables).raw_stdout
}

#[test]
fn bash_compares_names_exactly() {
    let variables = Variables::default().with("Octopus.Task.Id", "ServerTasks-1");
    assert_eq!(read("Octopus.Task.Id", &variables), "ServerTasks-1\n");
    assert_eq!(read("octopus.task.id", &variables), "\n");
}

#[test]
fn a_variable_that_leads_to_itself_fails_the_step() {
    for (name, value) in [("A", "#{A}"), ("A", "x #{b}"), ("A", "#{B | ToUpper}")] {
        let variables = Variables::default().with(name, value).with("B", "#{a}");
        let runbook = Runbook::new()
            .step(bash("echo ran"))
            .step(bash("echo ran").always());
        let task = runbook.run(&Worker::new(), variables);
        for step in &task.expect("Bash is not needed").steps {
            let result = step.result.as_ref().expect("it was tried");
            assert_eq!(result.exit_code, Some(101));
            assert_eq!(step.state(), StepState::Failed);
            assert_eq!(result.raw_stdout, "");
            assert_eq!(result.lines(Level::Error).len(), 1);
        }
    }
}

#[test]
fn a_step_gets_what_is_in_its_scope_and_nothing_else() {
    let mut variables = Variables::default()
        .with("Everywhere", "e")
        .with("Level", "plain");
    variables.set_for(&["Create", "Delete"], "Automation.ApiKey", "API-1", true);
    variables.set_for(&["Create"], "LEVEL", "special", false);
    let script = "echo \"#{Everywhere} #{Level} <$(get_octopusvariable Automation.ApiKey)>\"";
    let runbook = ["Create", "Use", "Delete"]
        .iter()
        .fold(Runbook::new(), |runbook, name| {
            runbook.step(Step::script(name, Syntax::Bash, script))
        });
    let task = runbook
        .run(&Worker::new(), variables)
        .expect("Bash is here");
    let printed = |name| task.step(name).expect("it ran").raw_stdout.as_str();
    assert_eq!(printed("Create"), "e special <API-1>\n");
    assert_eq!(printed("Use"), "e plain <>\n");
    assert_eq!(printed("Delete"), "e plain <API-1>\n");
}

#[test]
fn a_target_that_fails_runs_only_what_always_runs() {
    let fail = "[ \"$(get_octopusvariable Octopus.Machine.Name)\" != Web01 ]";
    let steps = vec![
        Step::script("Fail", Syntax::Bash, fail),
        Step::script("Work", Syntax::Bash, "echo worked"),
        Step::script("Delete", Syntax::Bash, "echo gone").always(),
    ];
    let targets = [("Machines-1", "Web01"), ("Machines-2", "Web02")];
    let runbook = Runbook::new().rolling(&targets, 2, steps);
    let task = runbook
        .run(&Worker::new(), Variables::default())
        .expect("Bash is here");
    assert!(!task.success());
    assert!(task.step_on("Work", "Web01").is_none());
    assert!(task.step_on("Delete", "Web01").is_some());
    assert!(task.step_on("Work", "Web02").is_some());
}
