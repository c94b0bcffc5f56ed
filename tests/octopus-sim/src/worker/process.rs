//! A child process, both of its streams read as they come, until it ends or is killed.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::log::Stream;
use super::tree::Tree;

/// How long the streams of a killed process are read on for what it had printed: a process that has
/// escaped could hold them open for ever.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What is left of a process.
pub(super) struct Finished {
    /// `None` when it was killed.
    pub status: Option<ExitStatus>,
    /// The lines in the order in which they came in, without their line ends.
    pub lines: Vec<(Stream, String)>,
}

/// Runs the command to its end with `input` as its standard input, or kills it after the line of which
/// `is_last` says so.
pub(super) fn run(
    command: &mut Command,
    input: Vec<u8>,
    mut is_last: impl FnMut(&str) -> bool,
) -> io::Result<Finished> {
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped());
    let mut tree = Tree::spawn(command.stderr(Stdio::piped()))?;
    let (mut stdin, stdout, stderr) = tree.streams();
    let (sender, printed) = mpsc::channel();
    let errors = sender.clone();
    thread::spawn(move || read_lines(stdout, Stream::Stdout, &sender));
    thread::spawn(move || read_lines(stderr, Stream::Stderr, &errors));
    // A shell that ends before it has read everything shows in its exit code.
    thread::spawn(move || stdin.write_all(&input));

    let mut lines = Vec::new();
    let mut end = None;
    loop {
        let next = match end {
            None => printed.recv().ok(),
            Some(end) => {
                let left = Instant::saturating_duration_since(&end, Instant::now());
                printed.recv_timeout(left).ok()
            }
        };
        let Some((stream, line)) = next else {
            break;
        };
        if end.is_none() && is_last(&line) {
            tree.kill();
            end = Some(Instant::now() + LAST_WORDS);
        }
        lines.push((stream, line));
    }
    let status = tree.wait()?;
    Ok(Finished {
        status: end.is_none().then_some(status),
        lines,
    })
}

/// A line ends at a line feed, a carriage return, or both.
fn read_lines(stream: impl Read, name: Stream, lines: &Sender<(Stream, String)>) {
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    while matches!(reader.read_until(b'\n', &mut bytes), Ok(1..)) {
        let text = String::from_utf8_lossy(&bytes);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        for line in text.split('\r') {
            // The receiver is gone once the process was killed.
            if lines.send((name, line.to_owned())).is_err() {
                return;
            }
        }
        bytes.clear();
    }
}
