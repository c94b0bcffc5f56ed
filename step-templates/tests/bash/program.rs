//! A stand-in for the program that keeps the environment it was given, and the steps that run it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use octopus_sim::worker::{Step, StepResult, Variables, Worker};
use tempfile::TempDir;

const SERVER: &str = "https://octopus.example";

pub type Environment = BTreeMap<String, String>;

/// The stand-in, in a folder of its own.
pub struct Program {
    folder: TempDir,
}

impl Program {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        install(&folder.path().join("runkey"), "755");
        Self { folder }
    }

    /// A worker that has it on the `PATH`.
    pub fn worker(&self) -> Worker {
        Worker::new().path_entry(self.folder.path())
    }

    pub fn run(&self, step: &Step, variables: &Variables) -> StepResult {
        let worker = self.worker();
        worker.run(step, variables).expect("Bash is here")
    }

    /// The variables of runkey and Octopus that it was given when it last ran as `command`, those
    /// without a value left out.
    pub fn environment(&self, command: &str) -> Environment {
        let file = self.folder.path().join(command).with_extension("env");
        environment(&file)
    }

    pub fn has_run(&self, command: &str) -> bool {
        let file = self.folder.path().join(command).with_extension("env");
        file.exists()
    }
}

/// Puts the stand-in at `path`. Another process writes it: a file that this one has open for
/// writing, even in a child that is just being started, could not be run.
pub fn install(path: &Path, mode: &str) {
    let source = step_templates::folder().join("tests/bash/program.sh");
    let mut command = Command::new("install");
    let status = command.args(["-m", mode]).arg(source).arg(path).status();
    assert!(status.is_ok_and(|status| status.success()));
}

pub fn environment(file: &Path) -> Environment {
    let text = fs::read_to_string(file).expect("the program has run");
    text.split('\0')
        .filter_map(|variable| variable.split_once('='))
        .filter(|(name, value)| {
            (name.starts_with("RUNKEY_") || name.starts_with("OCTOPUS_")) && !value.is_empty()
        })
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Makes what a test expects of [`environment`].
pub fn expected<const N: usize>(variables: [(&str, &str); N]) -> Environment {
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    variables.into()
}

/// The JSON of a template for Bash.
pub fn template(step: &str) -> String {
    let name = format!("octopus-{step}-run-api-key-bash.json");
    let file: PathBuf = step_templates::folder().join(name);
    fs::read_to_string(file).expect("the template was exported")
}

pub fn step(name: &str, step: &str) -> Step {
    Step::from_template(name, &template(step)).expect("it is a template")
}

/// The step, which writes each variable that it asks for to standard error.
pub fn counting(step: &str) -> Step {
    let counting = "eval \\\"asked_$(declare -f get_octopusvariable)\\\"\\n\
                    get_octopusvariable() { echo \\\"$1\\\" >&2; asked_get_octopusvariable \\\"$@\\\"; }\\n";
    let body = "\"Octopus.Action.Script.ScriptBody\": \"";
    let json = template(step).replacen(body, &format!("{body}{counting}"), 1);
    Step::from_template("Counting", &json).expect("it is a template")
}

/// How many variables a [`counting`] step asks for.
///
/// # Panics
/// When it asks for one twice.
pub fn asked(step: &Step, variables: &Variables) -> usize {
    let result = Program::new().run(step, variables);
    assert!(result.success(), "{}", result.raw_stderr);
    let mut asked = BTreeSet::new();
    for name in result.raw_stderr.lines() {
        assert!(asked.insert(name), "'{name}' is asked for twice");
    }
    asked.len()
}

pub fn create() -> Step {
    step("Create key", "create").parameter("RunKey.Create.ApiKey", "API-SERVICE")
}

pub fn use_key(script: &str) -> Step {
    step("Work", "use")
        .parameter("RunKey.Use.CreateStep", "Create key")
        .parameter("RunKey.Use.Script", script)
}

pub fn delete() -> Step {
    step("Delete key", "delete")
        .parameter("RunKey.Delete.ApiKey", "API-SERVICE")
        .parameter("RunKey.Delete.CreateStep", "Create key")
        .always()
}

pub fn run_variables() -> Variables {
    Variables::of_run(SERVER)
}

/// Those of a run whose first step has made a key.
pub fn variables_with_key() -> Variables {
    let mut variables = run_variables();
    let output = |name| format!("Octopus.Action[Create key].Output.{name}");
    variables.set(output("ApiKey"), "API-RUNKEY", true);
    variables
        .with(output("ApiKeyId"), "apikeys-7")
        .with(
            output("ApiKeyPurpose"),
            "Alice King (alice) [runkey ServerTasks-123]",
        )
        .with(output("ApiKeyOwnerId"), "Users-42")
}
