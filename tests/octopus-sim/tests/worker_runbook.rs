//! A runbook runs its steps in order and hands output variables on.

use octopus_sim::worker::{Runbook, Step, StepState, Syntax, TaskResult, Variables, Worker};

const TEMPLATE: &str = r##"{
    "Id": "1f0d2a6e-0000-4000-8000-000000000001",
    "Properties": {
        "Octopus.Action.Script.ScriptSource": "Inline",
        "Octopus.Action.Script.Syntax": "Bash",
        "Octopus.Action.Script.ScriptBody": "echo \"#{Sim.Greeting}, $(get_octopusvariable Sim.Secret)\"; ls \"$(get_octopusvariable 'Octopus.Action.Package[Sim.Package].ExtractedPath')\""
    },
    "Parameters": [
        {"Name": "Sim.Greeting", "DefaultValue": "Hello #{Octopus.Environment.Name}", "DisplaySettings": {"Octopus.ControlType": "SingleLineText"}},
        {"Name": "Sim.Secret", "DefaultValue": null, "DisplaySettings": {"Octopus.ControlType": "Sensitive"}}
    ]
}"##;

fn bash(name: &str, body: &str) -> Step {
    Step::script(name, Syntax::Bash, body)
}

fn run(runbook: &Runbook) -> TaskResult {
    let variables = Variables::of_run("https://octopus.example");
    runbook
        .run(&Worker::new(), variables)
        .expect("Bash is here")
}

fn states(task: &TaskResult) -> Vec<StepState> {
    task.steps
        .iter()
        .map(octopus_sim::worker::StepRecord::state)
        .collect()
}

#[test]
fn output_variables_reach_later_steps_under_the_step_s_name() {
    let reader = "get_octopusvariable \"Octopus.Action[It's \\\"one\\\"].Output.Name\"; echo";
    let task = run(&Runbook::new()
        .step(bash("It's \"one\"", "set_octopusvariable Name 'Zoë [🐙]'"))
        .step(bash("Two", reader)));
    assert_eq!(task.step("Two").expect("it ran").raw_stdout, "Zoë [🐙]\n");
}

#[test]
fn after_a_failure_only_the_steps_that_always_run_do() {
    let task = run(&Runbook::new()
        .step(bash("Fails", "set_octopusvariable A b; exit 3"))
        .step(bash("Waits for success", "true"))
        .step(bash("Always", "echo '#{Octopus.Action[Fails].Output.A}'").always()));
    assert_eq!(
        states(&task),
        [StepState::Failed, StepState::Skipped, StepState::Succeeded]
    );
    assert!(!task.success());
    assert_eq!(task.step("Always").expect("it ran").raw_stdout, "b\n");
    assert!(task.step("Waits for success").is_none());
}

#[test]
fn a_template_s_defaults_hold_until_a_parameter_is_given() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("unpacked"), "").expect("the folder is writable");
    let step = || {
        Step::from_template("T", TEMPLATE)
            .expect("it is a template")
            .package("Sim.Package", folder.path())
    };
    let task = run(&Runbook::new().step(step()));
    assert_eq!(
        task.step("T").expect("it ran").raw_stdout,
        "Hello Production, \nunpacked\n"
    );

    let given = step()
        .parameter("Sim.Greeting", "Bye")
        .parameter("Sim.Secret", "hush");
    let task = run(&Runbook::new().step(given));
    let result = task.step("T").expect("it ran");
    assert_eq!(
        result.log[0].text, "Bye, ********",
        "the template says that it is sensitive"
    );
}

#[test]
fn a_run_knows_who_started_it_or_which_trigger() {
    let variables =
        Variables::of_run("https://octopus.example").started_by("Users-7", "zoe", "Zoë");
    assert_eq!(
        variables
            .get("Octopus.Deployment.CreatedBy.Username")
            .as_deref(),
        Some("zoe")
    );
    assert_eq!(variables.get("Octopus.Deployment.Trigger.Name"), None);

    let variables = variables.triggered_by("Nightly");
    assert_eq!(
        variables.get("Octopus.Deployment.Trigger.Name").as_deref(),
        Some("Nightly")
    );
    assert_ne!(
        variables
            .get("Octopus.Deployment.CreatedBy.Username")
            .as_deref(),
        Some("zoe")
    );
}
