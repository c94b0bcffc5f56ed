//! A run that is canceled ends where it is.

#![cfg(unix)]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use octopus_sim::worker::{Control, Runbook, Step, Syntax, Variables, Worker};

fn lives(process: &str) -> bool {
    let mut ps = Command::new("ps");
    let output = ps.args(["-o", "stat=", "-p", process]).output();
    let state = String::from_utf8(output.expect("ps is here").stdout).expect("it is ASCII");
    !state.trim().is_empty() && !state.starts_with('Z')
}

#[test]
fn the_whole_process_tree_is_killed_and_no_trap_runs() {
    let script = "trap 'touch trapped' EXIT TERM INT HUP
        pwd
        sleep 60 & echo \"child $!\"
        setsid sleep 60 & echo \"child $!\"
        bash -c 'trap \"\" TERM; sleep 60 & echo \"child $!\"; echo busy; wait'; true";
    let runbook = Runbook::new().step(Step::script("Work", Syntax::Bash, script));
    let control = Control::new().cancel_at("busy");
    let task = runbook.run_under(control, &Worker::new(), Variables::default());
    let task = task.expect("Bash is here");
    let result = task.step("Work").expect("it ran");
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
