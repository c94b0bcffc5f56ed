//! A child process, both of its streams read as they come, until it ends or is stopped.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::cancellation::Cancellation;
use super::log::Stream;
use super::result::Stop;
use super::tree::Tree;

/// How long the streams of a killed process are read on for what it had printed: a process that has
/// escaped could hold them open for ever.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What ends a process before it ends by itself.
pub(super) struct Limits<'a> {
    pub cancellation: &'a Cancellation,
    pub time: Option<Duration>,
}

/// What is left of a process.
pub(super) struct Finished {
    pub status: ExitStatus,
    /// Why it was killed; `None` when it ended by itself.
    pub stop: Option<Stop>,
    /// The lines in the order in which they came in, without their line ends.
    pub lines: Vec<(Stream, String)>,
}

/// What is told of a process while it runs.
pub(super) enum News<'a> {
    Line(Stream, &'a str),
    /// It is about to be killed.
    Stop(Stop),
}

/// What the thread that waits for a process is told.
#[derive(Debug)]
pub(super) enum Event {
    Line(Stream, String),
    Closed,
    Cancelled,
}

/// Runs the command to its end with `input` as its standard input, and tells of every line as it comes.
pub(super) fn run(
    command: &mut Command,
    input: Vec<u8>,
    limits: &Limits<'_>,
    mut tell: impl FnMut(&News<'_>),
) -> io::Result<Finished> {
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped());
    let mut tree = Tree::spawn(command.stderr(Stdio::piped()))?;
    let (mut stdin, stdout, stderr) = tree.streams();
    let (sender, events) = mpsc::channel();
    limits.cancellation.tell(sender.clone());
    let errors = sender.clone();
    thread::spawn(move || read_lines(stdout, Stream::Stdout, &sender));
    thread::spawn(move || read_lines(stderr, Stream::Stderr, &errors));
    // A shell that ends before it has read everything shows in its exit code.
    thread::spawn(move || stdin.write_all(&input));

    let mut output = Output {
        events,
        open: 2,
        lines: Vec::new(),
    };
    let stop = output.follow(limits, &mut tell);
    if let Some(stop) = stop {
        tell(&News::Stop(stop));
        tree.kill();
        output.drain();
    }
    Ok(Finished {
        status: tree.wait()?,
        stop,
        lines: output.lines,
    })
}

/// What a process prints.
struct Output {
    events: Receiver<Event>,
    /// How many streams are not yet closed.
    open: usize,
    lines: Vec<(Stream, String)>,
}

impl Output {
    /// Takes everything that is printed until both streams are closed, or until one of the limits is
    /// reached.
    fn follow(&mut self, limits: &Limits<'_>, tell: &mut impl FnMut(&News<'_>)) -> Option<Stop> {
        let start = Instant::now();
        while self.open > 0 {
            if limits.cancellation.is_requested() {
                return Some(Stop::Canceled);
            }
            let Some(event) = self.next(limits.time.map(|time| start + time)) else {
                return Some(Stop::TimedOut);
            };
            if let Some((stream, line)) = self.take(event) {
                tell(&News::Line(*stream, line));
            }
        }
        None
    }

    /// Takes what a killed process had printed.
    fn drain(&mut self) {
        let end = Instant::now() + LAST_WORDS;
        while self.open > 0
            && let Some(event) = self.next(Some(end))
        {
            self.take(event);
        }
    }

    /// The next event; `None` when there is none until the `end`.
    fn next(&self, end: Option<Instant>) -> Option<Event> {
        match end {
            None => self.events.recv().ok(),
            Some(end) => {
                let left = end.saturating_duration_since(Instant::now());
                self.events.recv_timeout(left).ok()
            }
        }
    }

    /// Keeps the event, and gives the line if it is one.
    fn take(&mut self, event: Event) -> Option<&(Stream, String)> {
        match event {
            Event::Line(stream, line) => {
                self.lines.push((stream, line));
                self.lines.last()
            }
            Event::Closed => {
                self.open -= 1;
                None
            }
            Event::Cancelled => None,
        }
    }
}

/// A line ends at a line feed, a carriage return, or both.
fn read_lines(stream: impl Read, name: Stream, events: &Sender<Event>) {
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    while matches!(reader.read_until(b'\n', &mut bytes), Ok(1..)) {
        let text = String::from_utf8_lossy(&bytes);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        for line in text.split('\r') {
            // Nobody listens any more once the process was killed and given up.
            if events.send(Event::Line(name, line.to_owned())).is_err() {
                return;
            }
        }
        bytes.clear();
    }
    let _ = events.send(Event::Closed);
}
