//! A stand-in for the program that keeps what it was given, and the steps that run it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use octopus_sim::worker::{Step, StepResult, Syntax, Variables, Worker};
use serde_json::Value;
use tempfile::TempDir;

const SERVER: &str = "https://octopus.example";

pub type Values = BTreeMap<String, String>;

/// The stand-in, in a folder of its own.
pub struct StandIn {
    folder: TempDir,
}

impl StandIn {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        install(&folder.path().join("runkey"), "755");
        Self { folder }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("runkey")
    }

    /// A worker that has it on the `PATH`.
    pub fn worker(&self) -> Worker {
        Worker::new().path_entry(self.folder.path())
    }

    pub fn run(&self, step: &Step, variables: &Variables) -> StepResult {
        let result = self.worker().run(step, variables);
        result.expect("the shell is here")
    }

    pub fn has_run(&self, command: &str) -> bool {
        self.kept(command, "env").exists()
    }

    /// The variables of runkey and Octopus that it was given when it last ran as `command`, but for
    /// the step context and those without a value.
    pub fn environment(&self, command: &str) -> Values {
        let mut values = environment(&self.kept(command, "env"));
        values.remove("RUNKEY_STEP_CONTEXT");
        values
    }

    /// The members of the step context that Octopus knew.
    pub fn context(&self, command: &str) -> Values {
        let environment = environment(&self.kept(command, "env"));
        context(&environment["RUNKEY_STEP_CONTEXT"])
    }

    /// The folder that it ran in.
    pub fn folder(&self, command: &str) -> PathBuf {
        let folder = fs::read_to_string(self.kept(command, "folder"));
        folder.expect("the program has run").trim_end().into()
    }

    fn kept(&self, command: &str, what: &str) -> PathBuf {
        self.folder.path().join(command).with_extension(what)
    }
}

/// Puts the stand-in at `path`. Another process writes it: a file that this one has open for
/// writing, even in a child that is just being started, could not be run.
pub fn install(path: &Path, mode: &str) {
    let source = step_templates::folder().join("tests/steps/stand-in.sh");
    let mut command = Command::new("install");
    let status = command
        .args(["-D", "-m", mode])
        .arg(source)
        .arg(path)
        .status();
    assert!(status.is_ok_and(|status| status.success()));
}

pub fn environment(file: &Path) -> Values {
    let text = fs::read_to_string(file).expect("the program has run");
    text.split('\0')
        .filter_map(|variable| variable.split_once('='))
        .filter(|(name, value)| {
            (name.starts_with("RUNKEY_") || name.starts_with("OCTOPUS_")) && !value.is_empty()
        })
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn context(json: &str) -> Values {
    let members: BTreeMap<String, Value> = serde_json::from_str(json).expect("it is JSON");
    let members = members.into_iter().map(|(name, value)| {
        let value = value.as_str().expect("each member is a string");
        (name, value.to_owned())
    });
    let is_expression = |value: &str| value.starts_with("#{") && value.ends_with("| JsonEscape}");
    members
        .filter(|(_, value)| !value.is_empty() && !is_expression(value))
        .collect()
}

/// Makes what a test expects of [`StandIn::environment`] and [`StandIn::context`].
pub fn values<const N: usize>(values: [(&str, &str); N]) -> Values {
    values
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

/// The JSON of a template.
pub fn template(step: &str, shell: Syntax) -> String {
    let shell = match shell {
        Syntax::Bash => "-bash",
        Syntax::PowerShell => "",
    };
    let name = format!("octopus-{step}-run-api-key{shell}.json");
    let file = step_templates::folder().join(name);
    fs::read_to_string(file).expect("the template was exported")
}

pub fn step(name: &str, step: &str, shell: Syntax) -> Step {
    Step::from_template(name, &template(step, shell)).expect("it is a template")
}

pub fn create(shell: Syntax) -> Step {
    step("Create key", "create", shell).parameter("RunKey.Create.ApiKey", "API-SERVICE")
}

pub fn use_key(script: &str, shell: Syntax) -> Step {
    step("Work", "use", shell)
        .parameter("RunKey.Use.CreateStep", "Create key")
        .parameter("RunKey.Use.Script", script)
}

pub fn delete(shell: Syntax) -> Step {
    step("Delete key", "delete", shell)
        .parameter("RunKey.Delete.ApiKey", "API-SERVICE")
        .parameter("RunKey.Delete.CreateStep", "Create key")
        .always()
}

pub fn run_variables() -> Variables {
    Variables::of_run(SERVER)
}

/// Those of a run whose first step has created a key.
pub fn variables_with_key() -> Variables {
    let mut variables = run_variables().with("Octopus.Action[Create key].Name", "Create key");
    let output = |name| format!("Octopus.Action[Create key].Output.{name}");
    variables.set(output("ApiKey"), "API-RUNKEY", true);
    variables
        .with(output("ApiKeyId"), "apikeys-7")
        .with(output("ApiKeyRunId"), "ServerTasks-123")
        .with(
            output("ApiKeyPurpose"),
            "Alice King (alice) [runkey ServerTasks-123]",
        )
        .with(output("ApiKeyOwnerId"), "Users-42")
}

/// Every member of the step context, as it arrived; raw control characters are escaped first, as
/// runkey does.
pub fn raw_context(program: &StandIn, command: &str) -> Values {
    let environment = environment(&program.kept(command, "env"));
    let json = environment["RUNKEY_STEP_CONTEXT"].replace(['\u{1}', '\u{b}'], "");
    let mut values: Values = serde_json::from_str(&json).expect("it is JSON");
    values.retain(|_, value| !value.starts_with("#{"));
    values
}
