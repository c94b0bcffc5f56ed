//! Runs `install` against a simulated server.

use std::fs;
use std::process::{Command, Output};

use octopus_sim::Octopus;
use step_templates::package::{file_name, write};
use step_templates::program::Program;
use tempfile::TempDir;

/// The default space.
pub const SPACE: &str = "Spaces-1";

/// A package to install, and how.
pub struct Installer {
    folder: TempDir,
}

impl Installer {
    /// With the program for one system.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        fs::write(&program, "a program").unwrap();
        let program: Program = format!("linux-x64={}", program.display()).parse().unwrap();
        write(&folder.path().join(file_name()), &[program], "").unwrap();
        Self { folder }
    }

    /// The command, with nothing of this machine's environment but what Windows cannot do without.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_step-templates"));
        command.env_clear();
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        command
            .arg("install")
            .arg("--package")
            .arg(self.folder.path().join(file_name()));
        command
    }

    /// Runs it as the service account.
    pub fn install(&self, octopus: &Octopus, arguments: &[&str]) -> Outcome {
        let output = self
            .command()
            .env("OCTOPUS_URL", octopus.url())
            .env("OCTOPUS_API_KEY", octopus.service_key())
            .args(arguments)
            .output()
            .unwrap();
        Outcome::of(&output, octopus)
    }
}

/// What a run said, in which no secret showed.
pub struct Outcome {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Outcome {
    /// Looks for every secret of the server in it.
    pub fn of(output: &Output, octopus: &Octopus) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let outcome = Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        };
        for secret in octopus.every_secret() {
            let shown = format!("{}{}", outcome.out, outcome.err);
            assert!(!shown.contains(&secret), "a secret shows: {shown}");
        }
        outcome
    }

    /// What it said about this template or package.
    pub fn about(&self, what: &str) -> &str {
        let mut lines = self.out.lines();
        let line = lines.find_map(|line| line.strip_prefix(what)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("nothing about {what}: {}{}", self.out, self.err))
            .trim_start()
    }
}

/// Method and path of each request so far.
pub fn requests(octopus: &Octopus) -> Vec<String> {
    let requests = octopus.requests();
    let lines = requests.iter();
    lines
        .map(|it| format!("{} {}", it.method, it.path))
        .collect()
}
