//! What keeps a worker from running a step.

/// Why a step could not be run at all. A script that fails is no error but a failed
/// [`StepResult`](super::StepResult).
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The text is not the JSON of an exported script step template.
    #[error("The text is not a step template as Octopus exports one: {0}.")]
    Template(#[from] serde_json::Error),
    /// The machine lacks the shell that the step is written for.
    #[error("Cannot run here: '{shell}' is not on the PATH.")]
    NoShell {
        /// The program that was looked for.
        shell: &'static str,
    },
    /// The machine refused a process or a temporary folder.
    #[error("The worker could not run the step: {0}.")]
    Io(#[from] std::io::Error),
}
