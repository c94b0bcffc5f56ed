//! The scripts that the page on own steps and the guide show are those in `docs/own-steps`, and those work.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::fs;
use std::path::Path;

use octopus_sim::worker::{Runbook, Step, Syntax, Variables, Worker};
use octopus_sim::{Octopus, RUNBOOK_SVC};

const PAGE: &str = include_str!("../docs/own-steps/README.md");
const GUIDE: &str = include_str!("../docs/guide.md");

fn own_steps() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/own-steps");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    files
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            (name, fs::read_to_string(file.path()).unwrap())
        })
        .filter(|(name, _)| name != "README.md")
        .collect()
}

fn own_step(file: &str) -> String {
    let steps = own_steps();
    steps.into_iter().find(|(name, _)| name == file).unwrap().1
}

#[test]
fn the_page_shows_every_script_as_it_is() {
    let scripts = own_steps();
    assert_eq!(scripts.len(), 10);
    for (name, script) in scripts {
        let (_, ending) = name.rsplit_once('.').unwrap();
        let shell = if ending == "sh" { "bash" } else { "powershell" };
        let block = format!("<!-- {name} -->\n```{shell}\n{script}```\n");
        assert!(PAGE.contains(&block), "the page has another {name}");
    }
}

#[test]
fn the_guide_shows_the_sweep_as_it_is() {
    let sweep = own_step("sweep.sh");
    let (_, commands) = sweep.split_once('\n').unwrap();
    assert!(GUIDE.contains(&format!("```bash\n{commands}```\n")));
}

#[test]
fn every_error_that_the_guide_has_a_remedy_for_is_one_of_ours() {
    let (_, table) = GUIDE.split_once("## When something is wrong").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = text_below(&root.join("src")) + &text_below(&root.join("step-templates/parts"));
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let errors: Vec<&str> = rows
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|error| error.split('`').skip(1).step_by(2))
        .collect();
    assert!(errors.len() > 15, "the table is read: {errors:?}");
    for error in errors {
        // A value stands where the guide has three dots.
        let ours = |part: &str| sources.contains(part.trim_matches([' ', '\'', ',']));
        assert!(error.split('…').all(ours), "nothing says: {error}");
    }
}

/// All files in this folder and those in it.
fn text_below(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        text += &if path.is_dir() {
            text_below(&path)
        } else {
            fs::read_to_string(path).unwrap()
        };
    }
    text
}

#[cfg(unix)]
#[test]
fn the_bash_scripts_work_as_three_steps() {
    let octopus = Octopus::start();
    let runbook = Runbook::new()
        .step(step("Create run API key", "create.sh"))
        .step(step("Work", "use.sh"))
        .step(step("Delete run API key", "delete.sh").always());
    let log = run(&octopus, &runbook);
    assert!(log.contains("Spaces-1 environment list"), "{log}");
    assert!(log.contains("what-the-run-did.html"), "{log}");
}

#[cfg(unix)]
#[test]
fn the_bash_script_works_as_one_step() {
    let octopus = Octopus::start();
    let runbook = Runbook::new().step(step("Work", "one-step.sh"));
    let log = run(&octopus, &runbook);
    assert!(log.contains("Spaces-1 environment list"), "{log}");
}

#[cfg(unix)]
#[test]
fn the_sweep_works_as_a_runbook_of_its_own() {
    let octopus = Octopus::start();
    let runbook = Runbook::new().step(step("Sweep", "sweep.sh"));
    let log = run(&octopus, &runbook);
    assert!(
        log.contains("There is no key of runs that are over"),
        "{log}"
    );
}

#[cfg(unix)]
fn step(name: &str, file: &str) -> Step {
    Step::script(name, Syntax::Bash, &own_step(file))
}

/// Runs it, and gives its log. Octopus's own command line stands in the scripts; here it is a script
/// that shows what it sees.
#[cfg(unix)]
fn run(octopus: &Octopus, runbook: &Runbook) -> String {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let cli = folder.path().join("octopus");
    fs::write(&cli, "#!/bin/sh\necho \"$OCTOPUS_SPACE $@\"\n").unwrap();
    fs::set_permissions(&cli, fs::Permissions::from_mode(0o755)).unwrap();
    let program = Path::new(common::program()).parent().unwrap();
    let worker = Worker::new().path_entry(folder.path()).path_entry(program);
    let mut variables = Variables::of_run(octopus.url());
    variables.set("Automation.ApiKey", octopus.service_key(), true);

    let task = runbook.run(&worker, variables).unwrap();
    let log = task.render(false);
    assert!(task.success(), "{log}");
    assert_eq!(
        octopus.keys(RUNBOOK_SVC).len(),
        1,
        "its own key and no other"
    );
    common::assert_no_secret(octopus, &log);
    log
}
