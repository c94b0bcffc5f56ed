//! Runs in a terminal: a pseudo-terminal, whose other end the test reads and types at.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::running::{Running, wrapped};
use super::{Outcome, Runkey, program};

/// A run of the program in a terminal of its own, as the leader of its session.
pub struct Terminal {
    pub running: Running,
    person: File,
    shown: String,
}

/// Starts the program.
pub fn start(run: Runkey<'_>) -> Terminal {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let person = openpt(flags).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap();
    let no_control = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
    let mut options = File::options();
    let options = options.read(true).write(true).custom_flags(no_control);
    let terminal = options.open(name.to_str().unwrap()).unwrap();
    let setsid = [
        "/usr/bin/setsid",
        "--ctty",
        "/usr/bin/env",
        "--default-signal",
    ];
    let words = [&setsid[..], &[program()]].concat();
    let (mut command, folder) = wrapped(run, &words);
    let command = command.stdin(terminal.try_clone().unwrap());
    let command = command.stdout(terminal.try_clone().unwrap());
    let child = command.stderr(terminal).spawn().unwrap();
    Terminal {
        running: Running { child, folder },
        person: person.into(),
        shown: String::new(),
    }
}

impl Terminal {
    /// Reads until the terminal shows this text.
    #[track_caller]
    pub fn read_until(&mut self, text: &str) {
        while !self.shown.contains(text) {
            assert!(self.read(), "no '{text}' in:\n{}", self.shown);
        }
    }

    /// Presses these keys.
    pub fn press(&mut self, keys: &str) {
        self.person.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for the end; gives the exit code, and all that was shown as standard output.
    pub fn end(mut self) -> Outcome {
        while self.read() {}
        let mut outcome = self.running.end();
        outcome.stdout = self.shown;
        outcome
    }

    /// A terminal that nothing has open any more is an error to read.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 1024];
        let read = self.person.read(&mut bytes).unwrap_or_default();
        self.shown += &String::from_utf8_lossy(&bytes[..read]);
        read > 0
    }
}
