//! A child process, both of its streams read as they come.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

use super::log::Stream;

/// What is left of a process.
pub(super) struct Finished {
    pub status: ExitStatus,
    /// The lines in the order in which they came in, without their line ends.
    pub lines: Vec<(Stream, String)>,
}

/// Runs the command to its end with `input` as its standard input.
pub(super) fn run(command: &mut Command, input: &[u8]) -> io::Result<Finished> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().expect("standard input is piped");
    let stdout = child.stdout.take().expect("standard output is piped");
    let stderr = child.stderr.take().expect("standard error is piped");

    let lines = thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let errors = sender.clone();
        scope.spawn(move || read_lines(stdout, |line| sender.send((Stream::Stdout, line))));
        scope.spawn(move || read_lines(stderr, |line| errors.send((Stream::Stderr, line))));
        // A shell that ends before it has read everything shows in its exit code.
        scope.spawn(move || stdin.write_all(input));
        receiver.iter().collect()
    });
    let status = child.wait()?;
    Ok(Finished { status, lines })
}

fn read_lines<E>(stream: impl Read, mut send: impl FnMut(String) -> Result<(), E>) {
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    while matches!(reader.read_until(b'\n', &mut bytes), Ok(1..)) {
        let line = String::from_utf8_lossy(&bytes);
        let line = line.strip_suffix('\n').unwrap_or(&line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if send(line.to_owned()).is_err() {
            return;
        }
        bytes.clear();
    }
}
