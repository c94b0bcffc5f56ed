//! The audit report that the delete step attached to its task.

use std::path::{Path, PathBuf};

use octopus_sim::worker::{Level, TaskResult};

use crate::runbooks::DELETE;

/// A report, kept to be looked at.
pub struct Report {
    /// Where it is.
    pub file: PathBuf,
    /// What it says, in a sentence.
    pub summary: String,
}

/// Keeps the report in the build's folder; nothing when none was attached.
pub fn keep(task: &TaskResult) -> Option<Report> {
    let step = task.step(DELETE)?;
    let artifact = step.artifacts.first()?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("rehearsal");
    let file = folder.join(&artifact.name);
    std::fs::create_dir_all(&folder).expect("the build's folder can be written");
    std::fs::write(&file, &artifact.content).expect("the build's folder can be written");
    let highlights = step.lines(Level::Highlight);
    let summary = highlights.last().copied().unwrap_or_default().to_owned();
    Some(Report { file, summary })
}
