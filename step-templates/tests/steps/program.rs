//! Which program a step runs: the package's, or the one on the `PATH`, and none that does not answer.

use std::fs;
use std::path::Path;
use std::process::Command;

use octopus_sim::worker::{Level, Step, Syntax, Worker};
use tempfile::TempDir;

use crate::shells;
use crate::stand_in::{
    StandIn, create, delete, environment, install, run_variables, use_key, variables_with_key,
};

/// A package with a stand-in for both Linux systems.
fn package() -> TempDir {
    let package = tempfile::tempdir().expect("a temporary folder");
    for system in ["linux-x64", "linux-arm64"] {
        install(&package.path().join(system).join("runkey"), "644");
    }
    package
}

/// A package whose programs contain `content`, written by another process.
fn package_of(content: &[u8]) -> TempDir {
    let package = tempfile::tempdir().expect("a temporary folder");
    let source = package.path().join("source");
    fs::write(&source, content).expect("the folder is writable");
    for system in ["linux-x64", "linux-arm64"] {
        let program = package.path().join(system).join("runkey");
        let mut command = Command::new("install");
        let status = command
            .args(["-D", "-m", "644"])
            .arg(&source)
            .arg(program)
            .status();
        assert!(status.is_ok_and(|status| status.success()));
    }
    package
}

fn create_with(package: &Path, shell: Syntax) -> Step {
    create(shell).package("RunKey.Create.Package", package)
}

#[test]
fn the_package_s_program_comes_first_without_its_execute_bit() {
    let package = package();
    for shell in shells() {
        let installed = StandIn::new();
        let worker = installed.worker().env("KEEP_IN", package.path());
        let result = worker.run(&create_with(package.path(), shell), &run_variables());
        let result = result.expect("the shell is here");
        assert!(result.success(), "{}", result.raw_stderr);
        assert!(!installed.has_run("version"));
        assert!(result.lines(Level::Warning).is_empty());
        let file = package.path().join("create.env");
        assert_eq!(environment(&file)["OCTOPUS_API_KEY"], "API-SERVICE");
        fs::remove_file(file).expect("it was there");
    }
}

#[test]
fn a_package_without_a_program_for_this_system_leaves_the_path() {
    let package = tempfile::tempdir().expect("a temporary folder");
    for shell in shells() {
        let program = StandIn::new();
        let result = program.run(&create_with(package.path(), shell), &run_variables());
        assert!(program.has_run("create"), "{}", result.raw_stderr);
        assert!(result.lines(Level::Warning).is_empty());
    }
}

/// Bash says which system it is on, and takes that from its environment.
#[test]
fn macos_takes_the_program_on_the_path() {
    let package = package();
    for (system, processor) in [("darwin23", "x86_64"), ("darwin23", "arm64")] {
        let installed = StandIn::new();
        let worker = installed
            .worker()
            .env("OSTYPE", system)
            .env("HOSTTYPE", processor);
        let step = create_with(package.path(), Syntax::Bash);
        let result = worker.run(&step, &run_variables());
        assert!(result.expect("Bash is here").success());
        assert!(installed.has_run("create"), "{system}");
    }
}

/// Programs that do not run here. Bash runs an empty file as a script that succeeds.
fn unusable() -> Vec<(&'static str, TempDir)> {
    let half = fs::read("/proc/self/exe").expect("the test's own program");
    let mut other_processor = half[..4096].to_vec();
    other_processor[18] = 0xf3; // RISC-V
    vec![
        ("empty", package_of(b"")),
        ("blank", package_of(b" \n")),
        ("half a program", package_of(&half[..4096])),
        ("another processor", package_of(&other_processor)),
        ("no loader", package_of(b"#!/no/such/loader\n")),
        ("another program", package_of(b"#!/bin/sh\necho '1.2.3'\n")),
        (
            "fails",
            package_of(b"#!/bin/sh\necho 'GLIBC_9.99 not found' >&2\nexit 1\n"),
        ),
    ]
}

#[test]
fn a_program_that_does_not_answer_gives_way_to_the_path() {
    let unusable = unusable();
    for shell in shells() {
        // Starting PowerShell takes a second.
        let every = if shell == Syntax::Bash { 1 } else { 3 };
        for (what, package) in unusable.iter().step_by(every) {
            let installed = StandIn::new();
            let result = installed.run(&create_with(package.path(), shell), &run_variables());
            assert!(result.success(), "{what}: {}", result.raw_stderr);
            assert!(installed.has_run("create"), "{what}");
            assert_eq!(result.raw_stderr, "", "{what}");
            let warning = format!(
                "The program in the package does not answer --version; using '{}'.",
                installed.path().display()
            );
            assert_eq!(result.lines(Level::Warning), [warning], "{what}");
        }
    }
}

/// Neither of the three steps succeeds in silence, and no script runs unchecked.
#[test]
fn fails_with_one_sentence_without_a_working_program() {
    let unusable = unusable();
    let packages = unusable.iter().take(3).map(|(_, package)| package);
    for shell in shells() {
        for (package, name) in packages.clone().zip(["Create", "Use", "Delete"]) {
            let step = match name {
                "Create" => create(shell),
                "Use" => use_key("echo reached", shell),
                _ => delete(shell),
            };
            let step = step.package(&format!("RunKey.{name}.Package"), package.path());
            let result = Worker::new().run(&step, &variables_with_key());
            let result = result.expect("the shell is here");
            assert!(!result.success(), "{name}");
            assert!(!result.raw_stdout.contains("reached"));
            let message = result.result_message.as_deref().expect("a reason");
            for part in ["runkey not found", "linux-", "PATH", "--version"] {
                assert!(message.contains(part), "{message}");
            }
            assert_eq!(result.lines(Level::Error), [message]);
        }
    }
}

#[test]
fn a_missing_program_is_said_with_a_missing_package() {
    for shell in shells() {
        let result = Worker::new().run(&create(shell), &run_variables());
        let message = result.expect("the shell is here").result_message;
        let message = message.expect("a reason");
        assert!(message.contains("in the package (none)"), "{message}");
    }
}

/// The program may be anybody's until it has answered.
#[test]
fn a_program_is_asked_for_its_version_without_a_secret() {
    for shell in shells() {
        for (name, step) in [
            ("create", create(shell)),
            ("use", use_key("", shell)),
            ("delete", delete(shell)),
        ] {
            let program = StandIn::new();
            assert!(program.run(&step, &variables_with_key()).success());
            let environment = program.environment("version");
            assert!(environment.is_empty(), "{name}: {environment:?}");
        }
    }
}
