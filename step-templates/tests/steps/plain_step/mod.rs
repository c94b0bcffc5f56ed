//! A script does the same in the template's step as in a plain step: what it prints and at which
//! level, what it sets and attaches, how it ends, and which line its errors name.

mod outcome;
mod table;

use std::thread;

use octopus_sim::worker::{Step, Syntax, Variables, Worker, WorkerError};
use tempfile::TempDir;

use crate::stand_in::install;

use outcome::Outcome;
use table::{Script, count, scripts};

const BASH: &str = include_str!("../../../octopus-use-run-api-key-bash.json");
const POWERSHELL: &str = include_str!("../../../octopus-use-run-api-key.json");
const NO_POWERSHELL: &str = "Not run: this machine has no PowerShell (pwsh).";

/// The outputs of the step that created the key, for both steps alike.
fn variables() -> Variables {
    let output = |name| format!("Octopus.Action[Create key].Output.{name}");
    let mut variables = Variables::of_run("https://octopus.example");
    variables.set(output("ApiKey"), "API-RUNKEY", true);
    variables.with(output("ApiKeyId"), "apikeys-7")
}

/// A worker with a program on its `PATH` that prints nothing and accepts every key.
struct Stage {
    _folder: TempDir,
    worker: Worker,
    syntax: Syntax,
    template: &'static str,
}

impl Stage {
    fn new(syntax: Syntax, template: &'static str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        install(&folder.path().join("runkey"), "755");
        let worker = Worker::new()
            .path_entry(folder.path())
            .env("SILENT", "yes")
            .env("GIVEN_TO_THE_WORKER", "given");
        Self {
            _folder: folder,
            worker,
            syntax,
            template,
        }
    }

    fn in_a_plain_step(&self, script: &str) -> Result<Outcome, WorkerError> {
        let step = Step::script("Work", self.syntax, script);
        Ok(Outcome::of(self.worker.run(&step, &variables())?))
    }

    fn in_the_template_s(&self, script: &str) -> Result<Outcome, WorkerError> {
        let step = self.template_s_step(script);
        let result = self.worker.run(&step, &variables())?;
        Ok(Outcome::of_template(result))
    }

    fn template_s_step(&self, script: &str) -> Step {
        Step::from_template("Work", self.template)
            .expect("it is a template")
            .parameter("RunKey.Use.CreateStep", "Create key")
            .parameter("RunKey.Use.Script", script)
    }

    /// What differs, told for people.
    fn differences(&self, script: &Script) -> Result<Option<String>, WorkerError> {
        let plain = self.in_a_plain_step(&script.text)?;
        let ours = self.in_the_template_s(&script.text)?;
        let name = &script.name;
        Ok((plain != ours).then(|| {
            format!("--- {name}\nin a plain step: {plain:#?}\nin the template's: {ours:#?}\n")
        }))
    }
}

/// Runs all scripts on all processors; nothing where this machine has not the shell.
fn all_differences(stage: &Stage, scripts: &[Script]) -> Option<Vec<String>> {
    let hands = thread::available_parallelism().map_or(2, usize::from);
    let found: Result<Vec<_>, _> = thread::scope(|scope| {
        let threads: Vec<_> = scripts
            .chunks(scripts.len().div_ceil(hands))
            .map(|some| {
                scope.spawn(|| {
                    some.iter()
                        .map(|script| stage.differences(script))
                        .collect()
                })
            })
            .collect();
        let found = threads.into_iter().map(|thread| {
            let found: Result<Vec<_>, _> = thread.join().expect("a script was run");
            found
        });
        found.collect()
    });
    match found {
        Ok(found) => Some(found.into_iter().flatten().flatten().collect()),
        Err(WorkerError::NoShell { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_bash_script_does_the_same_as_in_a_plain_step() {
    let stage = Stage::new(Syntax::Bash, BASH);
    let scripts = scripts(include_str!("bash.txt"));
    assert!(scripts.len() >= 100, "{} scripts", scripts.len());
    let found = all_differences(&stage, &scripts).expect("Bash is here");
    assert!(found.is_empty(), "{}", found.concat());
}

/// The script is sourced by the template's, which is sourced itself. Bash shows that in two places.
#[test]
fn one_level_more_shows_in_a_trace_and_in_a_trap() {
    let stage = Stage::new(Syntax::Bash, BASH);
    for (script, plain, ours) in [
        ("set -x; : traced", "++ : traced", "+++ : traced"),
        ("trap 'echo left >&2' RETURN", "left", "left\nleft"),
    ] {
        let outcome = stage.in_a_plain_step(script).expect("Bash is here");
        assert_eq!(outcome.stderr(), plain);
        let outcome = stage.in_the_template_s(script).expect("Bash is here");
        assert_eq!(outcome.stderr(), ours);
    }
}

#[test]
fn a_powershell_script_does_the_same_as_in_a_plain_step() {
    let stage = Stage::new(Syntax::PowerShell, POWERSHELL);
    let table = include_str!("powershell.txt");
    assert!(count(table) >= 60);
    let scripts = scripts(table);
    match all_differences(&stage, &scripts) {
        Some(found) => assert!(found.is_empty(), "{}", found.concat()),
        None => println!("{NO_POWERSHELL}"),
    }
}

/// Else every table would be equal.
#[test]
fn the_comparison_tells_two_scripts_apart() {
    let stage = Stage::new(Syntax::Bash, BASH);
    let plain = |script| stage.in_a_plain_step(script).expect("Bash is here");
    for (one, other) in [
        ("exit 1", "exit 2"),
        ("echo a", "echo b"),
        ("echo a", "echo a >&2"),
        ("echo a", "write_highlight a"),
        ("no-such-program", "\nno-such-program"),
        (
            "set_octopusvariable A b",
            "set_octopusvariable A b -sensitive",
        ),
        (
            "echo a > f; new_octopusartifact f g",
            "echo b > f; new_octopusartifact f g",
        ),
        ("update_progress 1", "update_progress 2"),
        ("exit 1", "fail_step why"),
    ] {
        assert_ne!(plain(one), plain(other), "{one} | {other}");
    }
}
