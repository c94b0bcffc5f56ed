//! Turns what a script wrote into what came of its step.

use std::path::Path;
use std::process::ExitStatus;

use super::log::{Level, LogLine, Stream};
use super::process::Finished;
use super::result::{Artifact, Progress, StepResult};
use super::service_message::{Dialect, Piece, Reader, ServiceMessage};
use super::variables::{Variable, Variables};

/// What Octopus shows in the place of a hidden value.
const MASK: &str = "********";

/// Reads the output of a script that ran in `folder` with these variables. The `log` holds what was
/// said before it started.
pub(super) fn collect(
    finished: Finished,
    variables: &Variables,
    folder: &Path,
    log: Vec<LogLine>,
) -> StepResult {
    let mut collector = Collector::new(&variables.secrets());
    collector.result.log = log;
    collector.result.exit_code = finished.status.map(exit_code);
    for (stream, line) in finished.lines {
        collector.take(stream, &line, folder);
    }
    collector.result
}

/// The exit code as .NET gives it, also of a process that a signal ended.
fn exit_code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status
        .code()
        .expect("a process that no signal ended has an exit code")
}

struct Collector {
    result: StepResult,
    /// One for both streams, in the order in which their lines came in.
    reader: Reader,
    stdout: StreamState,
    stderr: StreamState,
}

/// What holds for the next line of one stream.
struct StreamState {
    /// `None` where lines are not shown.
    level: Option<Level>,
    secrets: Vec<String>,
}

impl Collector {
    fn new(secrets: &[String]) -> Self {
        let state = |level| StreamState {
            level: Some(level),
            secrets: secrets.to_vec(),
        };
        Self {
            result: StepResult::default(),
            reader: Reader::new(Dialect::Common),
            stdout: state(Level::Info),
            stderr: state(Level::Error),
        }
    }

    fn state(&mut self, stream: Stream) -> &mut StreamState {
        match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        }
    }

    fn take(&mut self, stream: Stream, line: &str, folder: &Path) {
        let raw = match stream {
            Stream::Stdout => &mut self.result.raw_stdout,
            Stream::Stderr => &mut self.result.raw_stderr,
        };
        raw.push_str(line);
        raw.push('\n');
        for piece in self.reader.read_line(line) {
            match piece {
                Piece::Message(message) => self.apply(stream, &message, folder),
                Piece::Line(line) => {
                    if let Some(level) = self.state(stream).level {
                        self.write(stream, level, &line);
                    }
                }
            }
        }
    }

    fn write(&mut self, stream: Stream, level: Level, line: &str) {
        let text = self.state(stream).hide_secrets(line);
        self.result.log.push(LogLine {
            level,
            stream,
            text,
        });
    }

    fn apply(&mut self, stream: Stream, message: &ServiceMessage, folder: &Path) {
        let text = |attribute| message.get(attribute).unwrap_or_default().to_owned();
        if let Some((switched, level)) = Level::switched_by(&message.name) {
            self.state(switched).level = level;
            return;
        }
        match message.name.as_str() {
            "setVariable" => self.set_variable(stream, message),
            "mask" => {
                self.state(stream).secrets.push(text("value"));
                self.result.masks.push(text("value"));
            }
            "progress" => self.result.progress.push(Progress {
                percentage: text("percentage"),
                message: text("message"),
            }),
            "createArtifact" => self.attach(stream, &folder.join(text("path")), text("name")),
            "resultMessage" => self.result.result_message = Some(text("message")),
            // Messages that this simulation has no use for are swallowed, as unknown ones are.
            _ => {}
        }
    }

    /// One without a name, or without a value, is not set.
    fn set_variable(&mut self, stream: Stream, message: &ServiceMessage) {
        let name = message.get("name").unwrap_or_default();
        let (false, Some(value)) = (name.trim().is_empty(), message.get("value")) else {
            return;
        };
        let flag = message.get("sensitive").unwrap_or_default();
        let sensitive = flag.trim().eq_ignore_ascii_case("True");
        let value = value.to_owned();
        if sensitive {
            self.state(stream).secrets.push(value.clone());
        }
        let variable = Variable { value, sensitive };
        self.result.outputs.insert(name.to_owned(), variable);
    }

    fn attach(&mut self, stream: Stream, file: &Path, name: String) {
        match std::fs::read(file) {
            Ok(content) => self.result.artifacts.push(Artifact { name, content }),
            Err(error) => {
                let warning = format!("The artifact '{name}' could not be read: {error}.");
                self.write(stream, Level::Warning, &warning);
            }
        }
    }
}

impl StreamState {
    /// The longest secret first, so that none leaves the rest of a longer one behind.
    fn hide_secrets(&self, line: &str) -> String {
        let mut secrets: Vec<_> = self.secrets.iter().filter(|s| !s.is_empty()).collect();
        secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.iter().fold(line.to_owned(), |line, secret| {
            line.replace(secret.as_str(), MASK)
        })
    }
}
