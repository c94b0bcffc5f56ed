//! Runs the real program against a simulated server, and checks after every run what must never
//! happen in any: a secret in the output, a panic, a place in the source.

#![allow(
    dead_code,
    unused_imports,
    reason = "every test file uses its own part of this"
)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod outcome;
pub mod report;
#[cfg(unix)]
pub mod running;
mod secrets;
pub mod tasks;
pub mod wire;

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use jiff::SignedDuration;
use octopus_sim::{AddedKey, Octopus, RUNBOOK_SVC, World};
use tempfile::TempDir;

pub use outcome::Outcome;
pub use secrets::assert_no_secret;

/// Who starts the runs of these tests.
pub const ALICE: &str = "Alice King (alice)";
/// Alice's run.
pub const RUN: &str = "ServerTasks-123";
/// The purpose of the key of Alice's run.
pub const PURPOSE: &str = "Alice King (alice) [runkey ServerTasks-123]";

/// The program that is tested: the one that `RUNKEY_PROGRAM` names, such as one out of the package,
/// or else the one that was just built.
pub fn program() -> &'static str {
    static NAMED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("RUNKEY_PROGRAM").ok());
    NAMED.as_deref().unwrap_or(env!("CARGO_BIN_EXE_runkey"))
}

/// One run of the program: hermetic, in an empty folder of its own, as the service account.
pub struct Runkey<'a> {
    octopus: &'a Octopus,
    command: Command,
    folder: TempDir,
    input: Option<String>,
}

/// `runkey STEP` for Alice's run, against this server.
pub fn runkey<'a>(octopus: &'a Octopus, step: &str) -> Runkey<'a> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program());
    command.env_clear().current_dir(folder.path()).arg(step);
    let run = Runkey {
        octopus,
        command,
        folder,
        input: None,
    }
    .env("PATH", std::env::var_os("PATH").unwrap())
    .env("OCTOPUS_URL", octopus.url())
    .env("OCTOPUS_API_KEY", octopus.service_key())
    .env("RUNKEY_RUN_BY", ALICE)
    .env("RUNKEY_RUN_ID", RUN);
    if octopus.url().starts_with("https") {
        run.env("RUNKEY_CA_FILE", octopus.ca_file())
    } else {
        run
    }
}

/// `runkey create` for Alice's run.
pub fn create(octopus: &Octopus) -> Runkey<'_> {
    runkey(octopus, "create")
}

/// `runkey use` with this key, for Alice's run.
pub fn use_key<'a>(octopus: &'a Octopus, key: &str) -> Runkey<'a> {
    runkey(octopus, "use").env("OCTOPUS_API_KEY", key)
}

/// `runkey delete` for Alice's run.
pub fn delete(octopus: &Octopus) -> Runkey<'_> {
    runkey(octopus, "delete")
}

impl Runkey<'_> {
    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Unsets a variable.
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Writes a file into the folder that the program runs in.
    pub fn file(self, name: &str, content: &str) -> Self {
        std::fs::write(self.folder.path().join(name), content).unwrap();
        self
    }

    /// The folder that the program runs in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Gives the program this standard input.
    pub fn input(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    /// The command, for tests that start and stop it themselves.
    pub fn into_command(self) -> (Command, PathBuf) {
        (self.command, self.folder.keep())
    }

    /// Runs the program to its end.
    pub fn run(mut self) -> Outcome {
        let stdin = if self.input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        };
        let child = self
            .command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = write_input(child, self.input.as_deref())
            .wait_with_output()
            .unwrap();
        let outcome = Outcome::new(&output);
        secrets::assert_clean(self.octopus, &outcome);
        outcome
    }
}

fn write_input(mut child: Child, input: Option<&str>) -> Child {
    if let (Some(mut stdin), Some(text)) = (child.stdin.take(), input) {
        stdin.write_all(text.as_bytes()).unwrap();
    }
    child
}

/// A key of the service account with this purpose, good for an hour.
pub fn add_live_key(octopus: &Octopus, purpose: &str) -> AddedKey {
    let expires = octopus.now() + SignedDuration::from_hours(1);
    octopus.add_key(RUNBOOK_SVC, purpose, Some(expires))
}

/// The purposes of the service account's keys that live, but for that of its own.
pub fn live_keys(octopus: &World) -> Vec<String> {
    let keys = octopus.keys(RUNBOOK_SVC).into_iter();
    let keys = keys.filter(|key| !key.is_expired(octopus.now()));
    let purposes = keys.map(|key| key.purpose);
    purposes.filter(|purpose| purpose != "Runbooks").collect()
}

/// The requests that the server had, as `METHOD path?query`, keys' ids replaced by `ID`.
pub fn requests(octopus: &Octopus) -> Vec<String> {
    let line = |request: &octopus_sim::Request| {
        let path = match request.path.rsplit_once('/') {
            Some((path, last)) if last.starts_with("apikeys-") => format!("{path}/ID"),
            _ => request.path.clone(),
        };
        let query = if request.query.is_empty() {
            String::new()
        } else {
            format!("?{}", request.query)
        };
        format!("{} {path}{query}", request.method)
    };
    octopus.requests().iter().map(line).collect()
}
