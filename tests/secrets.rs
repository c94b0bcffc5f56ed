//! Where the key and the credential must not be: on the argument list, in a file, in memory that
//! others may read. That they are in no output is checked after every run of every test.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::{Runkey, assert_no_secret, create, delete, use_key};
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC};

/// A process that is ended when the test is over.
struct Running(Child, PathBuf);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = fs::remove_dir_all(&self.1);
    }
}

impl Running {
    fn start(mut command: Command, folder: PathBuf) -> Self {
        as_a_group_of_its_own(&mut command);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        Self(child.unwrap(), folder)
    }

    /// What the system shows of the process under this name.
    fn shown(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.0.id()))
    }

    /// Whether the system keeps the process to root: its memory and environment belong to root
    /// then, whoever runs it, and no core is dumped (`proc(5)`, `prctl(2)`).
    fn is_private(&self) -> bool {
        let owner = fs::metadata(self.shown("environ")).unwrap();
        (owner.uid(), owner.gid()) == (0, 0)
    }
}

/// Root's own processes belong to root anyway; another group makes a difference to be seen.
fn as_a_group_of_its_own(command: &mut Command) {
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.gid(65534);
    }
}

/// A step that hangs in its first request.
fn hanging<'a>(octopus: &'a Octopus, step: impl FnOnce(&'a Octopus) -> Runkey<'a>) -> Running {
    octopus.forget_requests();
    octopus.fault(Fault::Timeout);
    let (command, folder) = step(octopus).into_command();
    let running = Running::start(command, folder);
    wait_until(|| !octopus.requests().is_empty());
    running
}

fn wait_until(holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "it never came");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn no_secret_is_on_the_argument_list_of_any_step() {
    let octopus = Octopus::start();
    let key = octopus.add_key(RUNBOOK_SVC, common::PURPOSE, None).secret;
    for running in [
        hanging(&octopus, create),
        hanging(&octopus, |octopus| use_key(octopus, &key)),
        hanging(&octopus, delete),
    ] {
        let arguments = fs::read_to_string(running.shown("cmdline")).unwrap();
        assert!(arguments.contains("runkey"), "{arguments}");
        assert_no_secret(&octopus, &arguments);
    }
}

#[test]
fn the_memory_of_a_step_is_neither_dumped_nor_read_by_others() {
    let octopus = Octopus::start();
    let mut sleep = Command::new("sleep");
    sleep.arg("60");
    let ordinary = Running::start(sleep, PathBuf::new());
    assert!(!ordinary.is_private(), "else this test shows nothing");
    assert!(hanging(&octopus, create).is_private());
    assert!(hanging(&octopus, delete).is_private());
}

#[test]
fn the_command_of_use_may_dump_core_and_be_debugged_as_ever() {
    let octopus = Octopus::start();
    let key = octopus.add_key(RUNBOOK_SVC, common::PURPOSE, None).secret;
    let step = use_key(&octopus, &key).args(["--no-check", "--", "sleep", "60"]);
    let (command, folder) = step.into_command();
    let running = Running::start(command, folder);
    wait_until(|| {
        fs::read_to_string(running.shown("comm")).is_ok_and(|name| name.trim() == "sleep")
    });
    assert!(!running.is_private());
}

#[test]
fn no_step_leaves_a_file_behind() {
    let octopus = Octopus::start();
    let key = octopus.add_key(RUNBOOK_SVC, "Alice", None).secret;
    for step in [
        create(&octopus).args(["-v"]),
        create(&octopus).args(["--output", "json"]),
        use_key(&octopus, &key)
            .without("RUNKEY_RUN_BY")
            .without("RUNKEY_RUN_ID"),
        delete(&octopus),
    ] {
        let (mut command, folder) = step.into_command();
        for variable in ["HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
            command.env(variable, &folder);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(files_in(&folder).is_empty());
        fs::remove_dir_all(folder).unwrap();
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Each place that reveals a secret was looked at; a new one belongs in this list.
#[test]
fn the_places_that_reveal_a_secret_are_few_and_known() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found: Vec<(String, usize)> = rust_files(&source)
        .into_iter()
        .filter_map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let program = text.split("#[cfg(test)]").next().unwrap();
            let name = file.strip_prefix(&source).unwrap().display().to_string();
            let reveals = program.matches(".expose()").count();
            (reveals > 0).then_some((name, reveals))
        })
        .collect();
    found.sort();
    let known = [
        // The environment of COMMAND.
        ("command/environment.rs", 1),
        // Three ways to hand the key over: `mask`, the list of outputs, text.
        ("create/handover.rs", 3),
        // The two headers, and the check that a text can be one.
        ("octopus/credential.rs", 3),
        // Two questions about the hint of a key, and whether a text holds it.
        ("secret.rs", 4),
        // Whether Octopus filled the variable in.
        ("session.rs", 1),
    ];
    assert_eq!(found, known.map(|(name, count)| (name.to_owned(), count)));
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let (folders, files): (Vec<_>, Vec<_>) =
        files_in(folder).into_iter().partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| rust_files(folder));
    files.into_iter().chain(below).collect()
}
