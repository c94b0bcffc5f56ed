//! `cargo rehearse`: runbooks, run through the exported step templates against a simulated Octopus
//! Server, and the audit trail that they leave.
//!
//! It is a test as well: it fails when one of its checks does.

#![allow(clippy::print_stdout, reason = "its output is what it is for")]

mod acts;
mod package;
mod runbooks;
mod screen;
mod stage;

use std::process::ExitCode;

use octopus_sim::Octopus;

use screen::Screen;
use stage::Stage;

fn main() -> ExitCode {
    let screen = Screen::default();
    screen::say(
        "Runs runbooks on a simulated Octopus Server with the step templates of this repository. \
         Takes about 20 seconds; connects to nothing but this machine.",
    );
    let octopus = Octopus::start();
    let mut stage = Stage::new(&octopus, screen);

    acts::starting_point::play(&mut stage);
    let alices = acts::whole_run::play(&mut stage);
    acts::whole_run::play_in_powershell(&mut stage);
    acts::stored_key::play(&mut stage);
    acts::failed_step::play(&mut stage);
    acts::canceled::play(&mut stage);
    acts::forged::play(&mut stage);
    acts::hostile::play(&mut stage, &alices);

    let all_hold = stage.screen.conclude();
    let report = stage::keep_report(&alices.task);
    screen::say(&format!("Alice's audit report: {}", report.display()));
    if all_hold {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
