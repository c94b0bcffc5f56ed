//! Measures the step templates against an empty step of the same shell, with runkey on the `PATH`, in a
//! package, and with 20,000 variables: `cargo build --release -p runkey && cargo run --release -p bench
//! --bin steps`.
//!
//! What Octopus's own worker does around them is not included, nor the two processes of openssl that its
//! bootstrap starts in Bash for each variable that a script reads.

use std::env;
use std::path::Path;
use std::time::Instant;

use color_eyre::eyre::{ContextCompat, Result, ensure};
use octopus_sim::worker::{Step, StepResult, Syntax, Variables, Worker};
use octopus_sim::{OIDC_SUBJECT, Octopus};
use runbooks::{ACCOUNT, BASH, CREATE, ID_TOKEN, POWERSHELL, Shell, Templates};

#[path = "../../../rehearsal/runbooks.rs"]
#[allow(dead_code, reason = "the rehearsal needs more of it")]
mod runbooks;

/// How often each step is run.
const ROUNDS: usize = 21;
const MANY: usize = 20_000;

/// What is measured in one row.
struct Setting<'a> {
    shell: Shell,
    syntax: Syntax,
    name: &'static str,
    package: Option<&'a Path>,
    variables: usize,
}

fn main() -> Result<()> {
    let program = env::current_exe()?.with_file_name("runkey");
    let package = tempfile::tempdir()?;
    let folder = package.path().join("linux-x64");
    std::fs::create_dir(&folder)?;
    std::fs::copy(&program, folder.join("runkey"))?;
    let settings = [
        ("on the PATH", None, 0),
        ("in a package", Some(package.path()), 0),
        ("20,000 variables", None, MANY),
    ];
    println!("| shell | runkey | empty, ms | create | use | delete |\n|---|---|---|---|---|---|");
    for (shell, syntax) in [(BASH, Syntax::Bash), (POWERSHELL, Syntax::PowerShell)] {
        if !Worker::has(syntax) {
            println!(
                "Not measured in {}: this machine does not have it.",
                shell.name
            );
            continue;
        }
        for (name, package, variables) in settings {
            measure(
                &Setting {
                    shell,
                    syntax,
                    name,
                    package,
                    variables,
                },
                &program,
            )?;
        }
    }
    Ok(())
}

/// Runs an empty step and the three steps in turn, and prints a row: the medians.
fn measure(setting: &Setting<'_>, program: &Path) -> Result<()> {
    let octopus = Octopus::start();
    let worker = Worker::new()
        .oidc_account(ACCOUNT, octopus.id_tokens(OIDC_SUBJECT))
        .path_entry(program.parent().wrap_err("the program has a folder")?);
    let templates = Templates {
        shell: setting.shell,
        package: setting.package,
        credential: ID_TOKEN,
    };
    let empty = Step::script("Empty", setting.syntax, "exit 0");
    let steps = [
        empty,
        templates.create(),
        templates.use_key("exit 0"),
        templates.delete(),
    ];
    let mut times: [Vec<u128>; 4] = Default::default();
    for _ in 0..ROUNDS {
        let mut variables = Variables::of_run(octopus.url())
            .with("Octopus.Task.Id", octopus.tasks().queue())
            .started_by(octopus_sim::ALICE, "alice", "Alice King")
            .with(format!("Octopus.Action[{CREATE}].Name"), CREATE);
        for number in 0..setting.variables {
            variables = variables.with(format!("Project.Variable{number}"), "some value");
        }
        for (step, times) in steps.iter().zip(&mut times) {
            let start = Instant::now();
            let result = worker.run(step, &variables)?;
            times.push(start.elapsed().as_micros());
            ensure!(result.success(), "{}", result.raw_stderr);
            pass_on(&result, &mut variables);
        }
    }
    let medians = times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2]
    });
    print_row(setting, medians);
    Ok(())
}

/// Sets what a step put out, as Octopus does for the steps behind it.
fn pass_on(result: &StepResult, variables: &mut Variables) {
    for (name, output) in &result.outputs {
        let name = format!("Octopus.Action[{CREATE}].Output.{name}");
        variables.set(name, output.value.clone(), output.sensitive);
    }
}

/// What a step takes longer than an empty one counts: the simulated worker has no start of its own.
fn print_row(setting: &Setting<'_>, medians: [u128; 4]) {
    let [empty, steps @ ..] = medians.map(|time| i128::try_from(time / 1000).unwrap_or_default());
    let [create, work, delete] = steps.map(|time| format!("{time} ({:+})", time - empty));
    println!(
        "| {} | {} | {empty} | {create} | {work} | {delete} |",
        setting.shell.name, setting.name,
    );
}
