//! A run that is cancelled, or a step that runs out of its time, ends where it is.

#![cfg(unix)]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use octopus_sim::worker::{
    Cancellation, Control, Moment, Runbook, Step, StepState, Syntax, TaskResult, TaskState,
    Variables, Worker,
};

fn bash(name: &str, body: &str) -> Step {
    Step::script(name, Syntax::Bash, body)
}

fn run(runbook: &Runbook, control: Control<'_>) -> TaskResult {
    let start = Instant::now();
    let task = runbook.run_under(control, &Worker::new(), Variables::default());
    assert!(
        start.elapsed() < Duration::from_secs(50),
        "it was not stopped"
    );
    task.expect("Bash is here")
}

fn states(task: &TaskResult) -> Vec<StepState> {
    let steps = task.steps.iter();
    steps.map(octopus_sim::worker::StepRecord::state).collect()
}

fn three_steps(middle: &str) -> Runbook {
    Runbook::new()
        .step(bash("First", "set_octopusvariable Key secret -sensitive"))
        .step(bash("Middle", middle))
        .step(bash("Last", "echo never").always())
}

fn lives(process: &str) -> bool {
    let mut ps = Command::new("ps");
    let output = ps.args(["-o", "stat=", "-p", process]).output();
    let state = String::from_utf8(output.expect("ps is here").stdout).expect("it is ASCII");
    !state.trim().is_empty() && !state.starts_with('Z')
}

#[test]
fn no_step_runs_after_the_one_that_was_cancelled_not_even_one_that_always_runs() {
    let control = Control::new().cancel_at("busy");
    let task = run(&three_steps("echo busy; sleep 60"), control);
    assert_eq!(
        states(&task),
        [
            StepState::Succeeded,
            StepState::Canceled,
            StepState::Skipped
        ]
    );
    assert_eq!(task.state(), TaskState::Canceled);
    assert!(!task.success());
    let log = task.render(false);
    assert!(log.contains("Step 2: Middle (canceled)"), "{log}");
    assert!(
        log.contains("busy") && log.contains("The run was canceled"),
        "{log}"
    );
}

#[test]
fn the_whole_process_tree_is_killed_and_no_trap_runs() {
    let script = "trap 'touch trapped' EXIT TERM INT HUP
        pwd
        sleep 60 & echo \"child $!\"
        setsid sleep 60 & echo \"child $!\"
        bash -c 'trap \"\" TERM; sleep 60 & echo \"child $!\"; echo busy; wait'; true";
    let task = run(&three_steps(script), Control::new().cancel_at("busy"));
    let result = task.step("Middle").expect("it ran");
    assert_eq!(result.exit_code, None);
    let children: Vec<_> = result
        .raw_stdout
        .lines()
        .filter_map(|line| line.strip_prefix("child "))
        .collect();
    assert_eq!(children.len(), 3, "{}", result.raw_stdout);
    for child in children {
        // A process that was killed takes a moment to be gone.
        let start = Instant::now();
        while lives(child) {
            assert!(start.elapsed().as_secs() < 20, "{child} lives on");
        }
    }
    let folder = result.raw_stdout.lines().find(|line| line.starts_with('/'));
    let trapped = Path::new(folder.expect("it was printed")).join("trapped");
    assert!(!trapped.exists());
}

#[test]
fn a_button_cancels_from_another_thread() {
    let cancellation = Cancellation::new();
    let button = cancellation.clone();
    let (sender, receiver) = std::sync::mpsc::channel();
    let person = std::thread::spawn(move || {
        receiver.recv().expect("the step starts");
        button.cancel();
    });
    let control = Control::new().cancelled_by(&cancellation).watch(|moment| {
        if matches!(moment, Moment::Line { text: "busy", .. }) {
            sender.send(()).expect("somebody waits");
        }
    });
    let task = run(&three_steps("echo busy; sleep 60"), control);
    person.join().expect("the button was pressed");
    assert_eq!(task.state(), TaskState::Canceled);
}

#[test]
fn a_step_that_runs_out_of_its_time_ends_the_run_too() {
    let limited = bash("Slow", "sleep 60").time_limit(Duration::from_millis(200));
    let runbook = Runbook::new()
        .step(limited)
        .step(bash("Last", "true").always());
    let task = run(&runbook, Control::new());
    assert_eq!(states(&task), [StepState::TimedOut, StepState::Skipped]);
    assert_eq!(task.state(), TaskState::TimedOut);

    let limited = bash("Quick", "true").time_limit(Duration::from_secs(50));
    let task = run(&Runbook::new().step(limited), Control::new());
    assert_eq!(task.state(), TaskState::Success);
}

#[test]
fn who_watches_is_told_of_every_state_and_step() {
    fn told(runbook: &Runbook, control: Control<'_>) -> Vec<String> {
        let mut told = Vec::new();
        let control = control.watch(|moment| {
            told.push(match moment {
                Moment::State(state) => state.to_string(),
                Moment::StepStarts(name) => format!("{name} starts"),
                Moment::Line { step, text, .. } => format!("{step}: {text}"),
                Moment::StepEnded(name, result) => format!("{name}: {:?}", result.exit_code),
            });
        });
        run(runbook, control);
        told
    }
    let runbook = Runbook::new().step(bash("Work", "echo busy; exit ${X:-0}"));
    assert_eq!(
        told(&runbook, Control::new()),
        [
            "Executing",
            "Work starts",
            "Work: busy",
            "Work: Some(0)",
            "Success"
        ]
    );
    let runbook = Runbook::new().step(bash("Work", "echo busy; sleep 60"));
    assert_eq!(
        told(&runbook, Control::new().cancel_at("busy")),
        [
            "Executing",
            "Work starts",
            "Work: busy",
            "Cancelling",
            "Work: None",
            "Canceled"
        ]
    );
    assert!(TaskState::Canceled.is_over() && !TaskState::Cancelling.is_over());
}
