//! What came of a step, without what two runs of one script differ in.

use std::collections::BTreeMap;

use octopus_sim::worker::{Artifact, Level, Progress, StepResult, Stream, Variable};

/// Everything that people see of a step.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    exit_code: Option<i32>,
    result_message: Option<String>,
    stdout: Vec<(Level, String)>,
    stderr: Vec<(Level, String)>,
    outputs: BTreeMap<String, Variable>,
    artifacts: Vec<Artifact>,
    progress: Vec<Progress>,
}

impl Outcome {
    /// As [`of`](Self::of), without the template's own script among the callers that PowerShell names.
    pub fn of_template(mut result: StepResult) -> Self {
        let is_own =
            |line: &str| line.starts_with("at <ScriptBlock>") && line.contains("Script.ps1");
        result.log.retain(|line| !is_own(&line.text));
        Self::of(result)
    }

    /// The worker reads the two streams in a race, so each has its own order.
    pub fn of(result: StepResult) -> Self {
        let lines = |stream: Stream| {
            let lines = result.log.iter().filter(|line| line.stream == stream);
            // The worker's own word on the template's package, which these steps are not given.
            let lines = lines.filter(|line| !line.text.ends_with("was not acquired."));
            let mut lines: Vec<_> = lines
                .map(|line| (line.level, anonymous(&line.text)))
                .collect();
            // PowerShell's errors name the scripts around this one, too, each in a line.
            let is_call = |line: &str| line.starts_with("at <ScriptBlock>");
            lines.dedup_by(|line, before| is_call(&line.1) && is_call(&before.1));
            hide_call(&mut lines);
            lines
        };
        Self {
            stdout: lines(Stream::Stdout),
            stderr: lines(Stream::Stderr),
            exit_code: result.exit_code,
            result_message: result.result_message,
            outputs: result.outputs,
            artifacts: result.artifacts,
            progress: result.progress,
        }
    }

    /// What was written to standard error.
    pub fn stderr(&self) -> String {
        let lines: Vec<_> = self.stderr.iter().map(|(_, line)| line.as_str()).collect();
        lines.join("\n")
    }
}

/// Takes out where the script was called: the line that called it, the place above it and the mark below.
fn hide_call(lines: &mut Vec<(Level, String)>) {
    let calls = |line: &(Level, String)| line.1.contains(". \"$PSScriptRoot/script.sh\"");
    if let Some(place) = lines.iter().position(calls) {
        lines.drain(place.saturating_sub(1)..(place + 2).min(lines.len()));
    }
}

/// The line without the names that a run gives the script's file and its folder.
fn anonymous(line: &str) -> String {
    let folder = std::env::temp_dir().display().to_string() + "/.tmp";
    let mut anonymous = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(&folder) {
        anonymous.push_str(before);
        anonymous.push('.');
        rest = after.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric());
    }
    anonymous.push_str(rest);
    ["Use.sh", "Use.ps1", "script.ps1", "Script.ps1", "Script.sh"]
        .iter()
        .fold(anonymous, |line, name| line.replace(name, "script.sh"))
}
