//! A process and all that it started, which are killed together.

use std::io;
use std::process::{Child, ChildStdin, Command, ExitStatus};

/// A child process with what it started. It is killed when this is dropped before it has ended.
pub(super) struct Tree {
    child: Child,
    has_ended: bool,
}

impl Tree {
    /// Starts the command in a process group of its own.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        Ok(Self {
            child: command.spawn()?,
            has_ended: false,
        })
    }

    pub fn streams(&mut self) -> (ChildStdin, impl io::Read + use<>, impl io::Read + use<>) {
        let Child {
            stdin,
            stdout,
            stderr,
            ..
        } = &mut self.child;
        (
            stdin.take().expect("standard input is piped"),
            stdout.take().expect("standard output is piped"),
            stderr.take().expect("standard error is piped"),
        )
    }

    /// Waits for the process itself, not for what it started.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait()?;
        self.has_ended = true;
        Ok(status)
    }

    /// Kills all of it, by a signal that no process can handle.
    pub fn kill(&mut self) {
        #[cfg(unix)]
        unix::kill(&self.child);
        // A process that has ended meanwhile is as good as killed.
        let _ = self.child.kill();
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        if !self.has_ended {
            self.kill();
            let _ = self.wait();
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::process::Child;

    use rustix::process::{Pid, Signal, kill_process, kill_process_group};

    /// Those in other process groups are found where the system has `/proc`.
    pub fn kill(child: &Child) {
        let root = Pid::from_child(child);
        let mut found = Vec::new();
        stop(root, &mut found);
        for pid in found {
            let _ = kill_process(pid, Signal::KILL);
        }
        let _ = kill_process_group(root, Signal::KILL);
    }

    /// Stops a process, so that it starts no further one, and then those that it had started.
    fn stop(pid: Pid, found: &mut Vec<Pid>) {
        if kill_process(pid, Signal::STOP).is_err() {
            return;
        }
        found.push(pid);
        let pid = pid.as_raw_nonzero();
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
            return;
        };
        for thread in threads.flatten() {
            let children = fs::read_to_string(thread.path().join("children"));
            let children = children.unwrap_or_default();
            let pids = children
                .split_whitespace()
                .filter_map(|pid| pid.parse().ok());
            for child in pids.filter_map(Pid::from_raw) {
                stop(child, found);
            }
        }
    }
}
