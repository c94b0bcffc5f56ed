//! `cargo rehearse`: a runbook of three steps, run through the exported step templates against a
//! simulated Octopus Server, and its audit trail beside that of today's way.
//!
//! It is a test as well: it fails when any of what it claims at its end was not so.

#![allow(clippy::print_stdout, reason = "showing is what it is for")]

mod attached;
mod proof;
mod show;
mod stage;

use std::io::IsTerminal;
use std::process::ExitCode;

use octopus_sim::Octopus;
use octopus_sim::worker::Variables;

use proof::Proof;
use stage::Stage;

fn main() -> ExitCode {
    let octopus = Octopus::start();
    let stage = Stage::new(&octopus);
    let coloured = std::io::stdout().is_terminal();
    let mut proof = Proof::default();

    show::title("Today: the runbook carries the service account's own key. Alice King runs it.");
    let run = Variables::of_run(octopus.url());
    let task = stage.run(&stage::today(), run);
    println!("{}", task.render(coloured));
    let trail = stage.new_events();
    println!("{}", show::audit_trail(&trail));
    proof.today(&task, &trail);

    show::title("With runkey: the same work, in three steps. Alice King runs it.");
    let run = Variables::of_run(octopus.url()).with("Octopus.Task.Id", "ServerTasks-124");
    let task = stage.run(&stage::with_runkey(stage::WORK), run);
    println!("{}", task.render(coloured));
    println!("{}", show::output_variables(&task));
    let trail = stage.new_events();
    println!("{}", show::audit_trail(&trail));
    proof.with_runkey(&task, &trail, &octopus);
    let report = attached::keep(&task);
    proof.attached(report.as_ref());

    show::title("Bob Ng runs it, and its middle step fails.");
    let run = Variables::of_run(octopus.url())
        .with("Octopus.Task.Id", "ServerTasks-125")
        .started_by("Users-3", "bob", "Bob Ng");
    let task = stage.run(&stage::with_runkey(stage::FAILING_WORK), run);
    println!("{}", task.render(coloured));
    println!("{}", show::audit_trail(&stage.new_events()));
    proof.after_a_failure(&task, &octopus);

    if let Some(report) = &report {
        show::title("The audit report of Alice's run");
        println!("{report}");
    }

    show::title("What was proven");
    proof.conclude()
}
