//! What an Octopus step knows of its run. (Placeholder until the real one is merged.)

use std::fmt;

/// The variable that holds the step context. It is not read from an env file.
pub const STEP_CONTEXT: &str = "RUNKEY_STEP_CONTEXT";

/// Variables of the environment that count beside a step context.
const BESIDE: [&str; 6] = [
    "OCTOPUS_API_KEY",
    "OCTOPUS_ID_TOKEN",
    "RUNKEY_KEY",
    "RUNKEY_CA_FILE",
    "RUNKEY_TIMEOUT",
    "RUNKEY_RETRY_FOR",
];

/// What a step knows, by the names of runkey's variables.
#[derive(Debug, Default)]
pub struct StepContext;

/// Why a text is not a step context.
#[derive(Debug)]
pub struct StepContextError;

impl fmt::Display for StepContextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RUNKEY_STEP_CONTEXT is not supported yet.")
    }
}

impl StepContext {
    /// Parses a JSON object.
    ///
    /// # Errors
    /// When it is not one.
    pub fn parse(_: &str) -> Result<Self, StepContextError> {
        Err(StepContextError)
    }

    /// Returns the value of one of runkey's variables.
    pub fn get(&self, _: &str) -> Option<&str> {
        None
    }

    /// Returns what to warn about, in whole sentences.
    pub fn warnings(&self) -> &[String] {
        &[]
    }

    /// Tells whether a variable of the environment counts beside a step context.
    pub fn admits(variable: &str) -> bool {
        BESIDE.contains(&variable)
    }
}
