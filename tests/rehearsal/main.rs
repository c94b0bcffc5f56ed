//! `cargo rehearse`: a runbook of three steps, run through the exported step templates against a
//! simulated Octopus Server, and its audit trail beside that of today's way.
//!
//! It is a test as well: it fails when any of what it claims at its end was not so.
//! `cargo rehearse -- --with octopus` does the work with Octopus's own command line, too.

#![allow(clippy::print_stdout, reason = "showing is what it is for")]

mod attached;
mod package;
mod proof;
mod runbooks;
mod show;
mod stage;

use std::env::consts::EXE_SUFFIX;
use std::io::IsTerminal;
use std::process::ExitCode;

use octopus_sim::worker::{Runbook, TaskResult, Variables};
use octopus_sim::{Event, Octopus};

use proof::Proof;
use runbooks::{BASH, POWERSHELL, Shell};
use stage::Stage;

/// A name that a careless step would run, or cut at a quote.
const TRICKY_NAME: &str = "Zoë \"Z\" O'Brien $(id) `id` 李小龍";

fn main() -> ExitCode {
    let octopus = Octopus::start();
    let stage = Stage::new(&octopus);
    let with_runkey =
        |shell: &Shell, work| runbooks::with_runkey(shell, work, stage.package.as_deref());
    let run = |id: &str| Variables::of_run(octopus.url()).with("Octopus.Task.Id", id);
    let mut proof = Proof::new(&octopus);

    show::title("Today: the runbook carries the service account's own key. Alice King runs it.");
    let (task, trail) = act(&stage, &runbooks::today(), run("ServerTasks-123")).expect("Bash");
    proof.today(&task, &trail);

    show::title("With runkey: the same work, in three steps. Alice King runs it.");
    let runbook = with_runkey(&BASH, BASH.work);
    let (task, trail) = act(&stage, &runbook, run("ServerTasks-124")).expect("Bash");
    println!("{}", show::output_variables(&task));
    proof.with_runkey(&task, &trail, &BASH, "ServerTasks-124");
    let report = attached::keep(&task);
    proof.attached(report.as_ref());

    if asked_for_octopus() {
        show::title("Work by Octopus's own command line. Alice King runs it.");
        if is_on_path("octopus") {
            let runbook = with_runkey(&BASH, runbooks::WORK_OF_OCTOPUS);
            let (task, trail) = act(&stage, &runbook, run("ServerTasks-128")).expect("Bash");
            proof.by_octopus(&task, &trail, "ServerTasks-128");
        } else {
            println!("Not run: this machine has no 'octopus' on the PATH.");
        }
    }

    show::title("The same in PowerShell.");
    let runbook = with_runkey(&POWERSHELL, POWERSHELL.work);
    match act(&stage, &runbook, run("ServerTasks-125")) {
        Some((task, trail)) => proof.with_runkey(&task, &trail, &POWERSHELL, "ServerTasks-125"),
        None => println!("Not run: this machine has no PowerShell (pwsh)."),
    }

    show::title("Bob Ng runs it, and its middle step fails.");
    let runbook = with_runkey(&BASH, runbooks::FAILING_WORK);
    let bob = run("ServerTasks-126").started_by("Users-3", "bob", "Bob Ng");
    let (task, _) = act(&stage, &runbook, bob).expect("Bash");
    proof.after_a_failure(&task);

    show::title("Someone runs it whose name, and whose script, are hard on careless steps.");
    let runbook = with_runkey(&BASH, runbooks::TRICKY_WORK);
    let zoe = run("ServerTasks-127").started_by("Users-4", "zoe", TRICKY_NAME);
    let (task, trail) = act(&stage, &runbook, zoe).expect("Bash");
    proof.intact(&task, &trail, TRICKY_NAME);

    if let Some(report) = &report {
        show::title("The audit report of Alice's run");
        println!("{report}");
    }
    show::title("What was proven");
    println!(
        "runkey came {}.\n",
        stage.package.as_deref().map_or(
            "from the PATH",
            |_| "from the package, unpacked as a worker does"
        )
    );
    proof.conclude()
}

/// Whether the rehearsal was started with `--with octopus`.
fn asked_for_octopus() -> bool {
    let arguments: Vec<_> = std::env::args().collect();
    arguments
        .windows(2)
        .any(|pair| pair == ["--with", "octopus"])
}

/// Whether the shell of a step would find this program.
fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let file = format!("{program}{EXE_SUFFIX}");
    std::env::split_paths(&path).any(|folder| folder.join(&file).is_file())
}

/// Runs a runbook and shows its task log and what the audit trail gained; nothing where this machine
/// has not the shell for it.
fn act(
    stage: &Stage<'_>,
    runbook: &Runbook,
    variables: Variables,
) -> Option<(TaskResult, Vec<Event>)> {
    let task = stage.run(runbook, variables)?;
    println!("{}", task.render(std::io::stdout().is_terminal()));
    let trail = stage.new_events();
    println!("{}", show::audit_trail(&trail));
    Some((task, trail))
}
