//! The step templates, run by a worker in Bash and in PowerShell: what they pass to the program, and
//! that a script does the same in the *Use* step as in a plain step.
#![cfg(unix)]

mod create;
mod delete;
mod plain_step;
mod program;
mod stand_in;
mod use_key;

use octopus_sim::worker::{Syntax, Worker, WorkerError};

/// The shells of this machine. Says which one is left out.
fn shells() -> impl Iterator<Item = Syntax> {
    [Syntax::Bash, Syntax::PowerShell]
        .into_iter()
        .filter(|shell| {
            let step = octopus_sim::worker::Step::script("Probe", *shell, "exit 0");
            match Worker::new().run(&step, &octopus_sim::worker::Variables::default()) {
                Ok(_) => true,
                Err(WorkerError::NoShell { shell }) => {
                    println!("Not run in PowerShell: this machine has no {shell}.");
                    false
                }
                Err(error) => panic!("{error}"),
            }
        })
}
