//! What is on the stage: the server, a worker, and the package with runkey in it.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use octopus_sim::worker::{Runbook, TaskResult, Variables, Worker, WorkerError};
use octopus_sim::{Event, Octopus};

use crate::package;

/// The server, and a worker that the runbooks run on.
pub struct Stage<'a> {
    octopus: &'a Octopus,
    worker: Worker,
    /// Where the package is unpacked; nothing where runkey is on the worker's `PATH` instead.
    pub package: Option<PathBuf>,
    events_shown: Cell<usize>,
}

impl<'a> Stage<'a> {
    /// A worker with the package of this build, or with the runkey of this build on its `PATH`.
    pub fn new(octopus: &'a Octopus) -> Self {
        let package = package::unpacked();
        let worker = match package {
            Some(_) => Worker::new(),
            None => Worker::new().path_entry(
                Path::new(env!("CARGO_BIN_EXE_runkey"))
                    .parent()
                    .expect("it is in a folder"),
            ),
        };
        Self {
            octopus,
            worker,
            package,
            events_shown: Cell::new(octopus.events().len()),
        }
    }

    /// Runs a runbook in a project that holds the service account's key as a sensitive variable.
    /// Nothing when this machine has not the shell that it is written for.
    pub fn run(&self, runbook: &Runbook, mut variables: Variables) -> Option<TaskResult> {
        variables.set("Automation.ApiKey", self.octopus.service_key(), true);
        match runbook.run(&self.worker, variables) {
            Ok(task) => Some(task),
            Err(WorkerError::NoShell { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// What the audit trail has gained since it was last asked for, oldest first.
    pub fn new_events(&self) -> Vec<Event> {
        let events = self.octopus.events();
        let new = events.iter().skip(self.events_shown.get());
        let new = new.cloned().collect();
        self.events_shown.set(events.len());
        new
    }
}
