//! `cargo rehearse`: runbooks, run through the exported step templates against a simulated Octopus
//! Server, and their audit trail beside that of today's way.
//!
//! It is a test as well: it fails when any of what it claims at its end was not so.
//! `cargo rehearse -- --with octopus` does the work with Octopus's own command line, too.

#![allow(clippy::print_stdout, reason = "showing is what it is for")]

mod acts;
mod columns;
mod package;
mod proof;
mod report;
mod runbooks;
mod screen;
mod stage;

use std::process::ExitCode;

use octopus_sim::Octopus;

use proof::Proof;
use stage::Stage;

fn main() -> ExitCode {
    let octopus = Octopus::start();
    let stage = Stage::new(&octopus);
    let mut proof = Proof::default();

    acts::today::play(&stage, &mut proof);
    let alices = acts::with_runkey::play(&stage, &mut proof);
    if asked_for_octopus() {
        acts::by_octopus::play(&stage, &mut proof);
    }
    acts::with_runkey::play_in_powershell(&stage, &mut proof);
    acts::failure::play(&stage, &mut proof);
    acts::quotes::play(&stage, &mut proof);
    acts::orders::play(&stage, &mut proof, &alices);
    acts::search::play(&stage, &mut proof);
    acts::cancelled::play(&stage, &mut proof);
    acts::one_step::play(&stage, &mut proof);

    let code = proof.conclude(&stage);
    if let Some(report) = report::keep(&alices.task) {
        stage.screen.report(&report);
    }
    code
}

/// Whether the rehearsal was started with `--with octopus`.
fn asked_for_octopus() -> bool {
    let arguments: Vec<_> = std::env::args().collect();
    arguments
        .windows(2)
        .any(|pair| pair == ["--with", "octopus"])
}
