//! Runs that are watched while they are in progress, and sent signals.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};

use octopus_sim::Octopus;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{Outcome, Runkey, program};

/// A run of the program that is in progress.
pub struct Running {
    pub child: Child,
    pub folder: TempDir,
}

/// Starts the program.
pub fn start(run: Runkey<'_>) -> Running {
    start_command(with_default_signals(run))
}

/// The program without the signals that this process ignores, as one in the background does: it would
/// ignore them too.
#[cfg(target_os = "linux")]
pub fn with_default_signals(run: Runkey<'_>) -> (Command, TempDir) {
    wrapped(run, &["/usr/bin/env", "--default-signal", program()])
}

/// Elsewhere there is no such program: the tests are run in the foreground.
#[cfg(not(target_os = "linux"))]
pub fn with_default_signals(run: Runkey<'_>) -> (Command, TempDir) {
    run.into_command()
}

/// Starts a command in this folder.
pub fn start_command((mut command, folder): (Command, TempDir)) -> Running {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Running { child, folder }
}

/// Starts the program and waits for the first line on its standard output, the command's.
pub fn start_until_line(run: Runkey<'_>) -> (Running, String) {
    let mut running = start(run);
    let mut line = String::new();
    // Nothing more is printed before what the test does next.
    BufReader::with_capacity(1, running.child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    (running, line.trim_end().to_owned())
}

impl Running {
    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits for its end.
    pub fn end(self) -> Outcome {
        Outcome::new(&self.child.wait_with_output().unwrap(), self.folder)
    }
}

/// The program with this command line and environment, run by a shell script as its `"$@"`.
pub fn in_shell(run: Runkey<'_>, script: &str) -> (Command, TempDir) {
    wrapped(run, &["sh", "-c", script, "sh", program()])
}

/// The program's arguments, environment and folder, behind these words.
pub fn wrapped(run: Runkey<'_>, words: &[&str]) -> (Command, TempDir) {
    let (command, folder) = run.into_command();
    let mut wrapper = Command::new(words[0]);
    let variables = command.get_envs();
    wrapper
        .args(&words[1..])
        .args(command.get_args())
        .env_clear()
        .current_dir(folder.path())
        .envs(variables.filter_map(|(name, value)| Some((name, value?))));
    (wrapper, folder)
}

/// Starts the program, which is sent the signal when the server has its first request of this kind.
pub fn start_with_signal_before(
    octopus: &Octopus,
    command: (Command, TempDir),
    (method, path): (&str, &str),
    signal: Signal,
) -> Running {
    let pid = Arc::new(OnceLock::new());
    let known = Arc::clone(&pid);
    octopus.before_request(method, path, move |_, number, _| {
        if number == 1 {
            kill_process(*known.wait(), signal).unwrap();
        }
    });
    let running = start_command(command);
    pid.set(running.pid()).unwrap();
    running
}
