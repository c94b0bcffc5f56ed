//! Runs the real program against a simulated server, and checks after every run what must never
//! happen in any: a secret in the output, text that a worker's parser obeys, a crash.

#![allow(dead_code, reason = "some helpers are for Unix only")]

mod clean;
mod outcome;
#[cfg(unix)]
pub mod running;
pub mod server;
pub mod steps;
mod subcommands;
#[cfg(target_os = "linux")]
pub mod terminal;
mod transcript;
pub mod wire;

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use octopus_sim::Octopus;
use tempfile::TempDir;

pub use clean::{assert_clean, assert_no_secret, assert_read_alike};
pub use outcome::Outcome;
pub use subcommands::{address, assert_refused, steps, with_tls};
pub use transcript::{masked, transcript};

/// Who starts the runs of these tests.
pub const ALICE: &str = "Alice King (alice)";
/// Alice's run.
pub const RUN: &str = "ServerTasks-123";
/// The purpose of the key of Alice's run.
pub const PURPOSE: &str = "Alice King (alice) [runkey ServerTasks-123]";

/// Nothing but the system's own folders: what else is installed here must not matter, another runkey
/// least of all.
#[cfg(unix)]
pub const PATH: &str = "/usr/bin:/bin";
#[cfg(windows)]
pub const PATH: &str = r"C:\Windows\System32;C:\Windows;C:\Windows\System32\WindowsPowerShell\v1.0";

/// Returns the program that is tested: the one that `RUNKEY_PROGRAM` names, such as one out of the
/// package, else the one that was just built.
pub fn program() -> &'static str {
    static NAMED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("RUNKEY_PROGRAM").ok());
    NAMED.as_deref().unwrap_or(env!("CARGO_BIN_EXE_runkey"))
}

/// One run of the program, in an empty folder, with an environment of its own.
pub struct Runkey<'a> {
    octopus: &'a Octopus,
    command: Command,
    folder: TempDir,
    input: Option<String>,
}

/// `runkey` with this server's URL and nothing else set.
pub fn bare(octopus: &Octopus) -> Runkey<'_> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program());
    command.env_clear().current_dir(folder.path());
    let run = Runkey {
        octopus,
        command,
        folder,
        input: None,
    }
    .env("PATH", PATH)
    .env("OCTOPUS_URL", octopus.url());
    #[cfg(windows)]
    let run = run.env("SystemRoot", std::env::var_os("SystemRoot").unwrap());
    if octopus.url().starts_with("https") {
        run.env("RUNKEY_CA_FILE", octopus.ca_file())
    } else {
        run
    }
}

/// `runkey SUBCOMMAND` for Alice's run, as the service account.
pub fn runkey<'a>(octopus: &'a Octopus, subcommand: &str) -> Runkey<'a> {
    bare(octopus)
        .args([subcommand])
        .env("OCTOPUS_API_KEY", octopus.service_key())
        .env("RUNKEY_RUN_BY", ALICE)
        .env("RUNKEY_RUN_ID", RUN)
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

    /// Adds arguments that are separated by single blanks.
    pub fn line(self, arguments: &str) -> Self {
        self.args(arguments.split(' ').filter(|argument| !argument.is_empty()))
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets variables.
    pub fn envs(mut self, variables: &[(&str, &str)]) -> Self {
        self.command.envs(variables.iter().copied());
        self
    }

    /// Unsets a variable.
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Writes a file into the folder that the program runs in.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.folder.path().join(name), content).unwrap();
        self
    }

    /// Writes a file that can be executed into the folder that the program runs in.
    #[cfg(unix)]
    pub fn executable(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let run = self.file(name, content);
        make_executable(&run.folder().join(name));
        run
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

    /// The command, for tests that start and stop it themselves, and the folder that goes when it is
    /// dropped.
    pub fn into_command(self) -> (Command, TempDir) {
        (self.command, self.folder)
    }

    /// Runs the program to its end.
    #[track_caller]
    pub fn run(mut self) -> Outcome {
        let stdin = match &self.input {
            Some(_) => Stdio::piped(),
            None => Stdio::null(),
        };
        let mut child = self
            .command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        write_input(&mut child, self.input.as_deref());
        let output = child.wait_with_output().unwrap();
        let outcome = Outcome::new(&output, self.folder);
        clean::assert_clean(self.octopus, &outcome);
        outcome
    }
}

/// A program that fails early may not read it.
fn write_input(child: &mut Child, input: Option<&str>) {
    if let (Some(mut stdin), Some(text)) = (child.stdin.take(), input) {
        let _ = stdin.write_all(text.as_bytes());
    }
}

/// Makes a file executable.
#[cfg(unix)]
pub fn make_executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
}
