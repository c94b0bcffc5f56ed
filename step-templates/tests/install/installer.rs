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
    /// With something that stands for the program for one system.
    pub fn new() -> Self {
        Self::with_program(b"a program")
    }

    /// With this program for one system.
    pub fn with_program(content: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        fs::write(&program, content).unwrap();
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
            .env("OCTOPUS_SPACE", SPACE)
            .env("OCTOPUS_SERVICE_API_KEY", octopus.key_of_alice())
            .args(arguments)
            .output()
            .unwrap();
        Outcome::of(&output, octopus)
    }

    /// Runs it, which succeeds.
    pub fn succeed(&self, octopus: &Octopus, arguments: &[&str]) -> Outcome {
        let outcome = self.install(octopus, arguments);
        assert_eq!(outcome.code, Some(0), "{}", outcome.err);
        outcome
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

    /// What it said about this, such as `package 'runkey'`.
    pub fn about(&self, what: &str) -> &str {
        let mut lines = self.out.lines();
        let line = lines.find_map(|line| line.strip_prefix(what)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("nothing about {what}: {}{}", self.out, self.err))
            .trim_start()
    }

    /// What it said about a step template.
    pub fn about_template(&self, name: &str) -> &str {
        self.about(&format!("step template '{name}'"))
    }

    /// What it said about the package.
    pub fn about_package(&self) -> &str {
        self.about(&format!("package '{}'", file_name()))
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

/// The requests that changed something, or may have.
pub fn writes(octopus: &Octopus) -> Vec<String> {
    let mut requests = requests(octopus);
    requests.retain(|request| !request.starts_with("GET "));
    requests
}
