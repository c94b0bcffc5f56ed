//! Runs runbooks for a person at the terminal, and keeps what they attach.

use std::cell::OnceCell;
use std::io;
use std::path::{Path, PathBuf};

use octopus_sim::worker::{Artifact, TaskResult, Worker};
use octopus_sim::{ALICE, Octopus, run_task};

/// A person, Alice, in front of a server.
pub struct Terminal<'a> {
    octopus: &'a Octopus,
    /// The folder of the artifacts, made for the first. It is kept when the server stops.
    folder: OnceCell<PathBuf>,
}

impl<'a> Terminal<'a> {
    pub fn new(octopus: &'a Octopus) -> Self {
        Self {
            octopus,
            folder: OnceCell::new(),
        }
    }

    /// Runs a runbook on a worker of its own, and prints what Octopus shows of it.
    pub fn run(&self, runbook: &str) {
        let tasks = self.octopus.tasks();
        let Some(task) = tasks.queue_runbook(runbook) else {
            let names = tasks.published_runbooks();
            let known = if names.is_empty() {
                "There is none yet; `install --example-runbook` publishes two.".to_owned()
            } else {
                format!("Type one of: {}.", names.join(", "))
            };
            println!("No published runbook is named '{runbook}'. {known}");
            return;
        };
        let name = self.octopus.display_name(ALICE);
        println!("{task}: '{runbook}', started by {name} (alice)");
        match run_task(self.octopus, &task, &Worker::new()) {
            Ok(result) => {
                print!("{}", result.render(false));
                println!("{task}: {}", result.state());
                self.attach(&task, &result);
            }
            Err(error) => println!("The worker failed: {error}."),
        }
    }

    /// Writes the artifacts of a run into a folder of its own, and says where.
    fn attach(&self, task: &str, result: &TaskResult) {
        let steps = result.steps.iter().filter_map(|step| step.result.as_ref());
        for artifact in steps.flat_map(|step| &step.artifacts) {
            match self.write(task, artifact) {
                Ok(file) => println!("Artifact: {}", file.display()),
                Err(error) => println!("Cannot write the artifact '{}': {error}.", artifact.name),
            }
        }
    }

    fn write(&self, task: &str, artifact: &Artifact) -> io::Result<PathBuf> {
        // The script chose the name: only its last part counts.
        let name = Path::new(&artifact.name).file_name();
        let name = name.ok_or_else(|| io::Error::other("it has no file name"))?;
        if self.folder.get().is_none() {
            let folder = tempfile::Builder::new().prefix("octopus-sim-").tempdir()?;
            let _ = self.folder.set(folder.keep());
        }
        let folder = self.folder.get().expect("it was just set").join(task);
        std::fs::create_dir_all(&folder)?;
        let file = folder.join(name);
        std::fs::write(&file, &artifact.content)?;
        Ok(file)
    }
}
