//! Plays a sequence with the real program, and checks the server after each action.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use octopus_sim::{BOB, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Request, TaskState};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use crate::action::{Action, Run};
use crate::support::running::{start_command, start_until_line};
use crate::support::server::add_key;
use crate::support::{ALICE, Outcome, Runkey, create, delete};

/// Of the first run's task; the second's begins with it.
const TASK: &str = "ServerTasks-77";

/// A server, and what happened to it.
struct Play {
    octopus: Octopus,
    canceled: Vec<Run>,
    /// How many requests a fault may still strike.
    faults: usize,
}

/// Plays the sequence on a server of its own, then deletes both runs; panics when a key is active
/// that must not be, or is not that must be.
pub fn play(actions: &[Action]) {
    let octopus = Octopus::start();
    for run in [Run::First, Run::Second] {
        octopus.tasks().queue_as(&run.id());
        octopus.tasks().start(&run.id());
    }
    add_key(&octopus, "Alice King (alice)");
    let purpose = format!("{ALICE} [runkey {TASK}]");
    for owner in [RUNBOOK_ALICE, BOB] {
        octopus.add_key(owner, &purpose, None);
    }
    let mut play = Play {
        octopus,
        canceled: Vec::new(),
        faults: 0,
    };
    for action in actions {
        play.act(action);
    }
    play.end();
}

impl Run {
    fn id(self) -> String {
        match self {
            Self::First => TASK.to_owned(),
            Self::Second => format!("{TASK}8"),
        }
    }
}

impl Play {
    fn act(&mut self, action: &Action) {
        match action {
            Action::Fault { fault, at, times } => {
                let planned = self.octopus.fault(fault.clone());
                planned.at(*at).times(*times);
                self.faults += times;
            }
            Action::Cancel(run) if !self.canceled.contains(run) => {
                self.octopus.tasks().end(&run.id(), TaskState::Canceled);
                self.canceled.push(*run);
            }
            Action::Cancel(_) => {}
            Action::Cleanup => self.clean_up(),
            Action::Create(run)
            | Action::CreateKilled(run)
            | Action::Delete(run)
            | Action::OneCommand(run)
            | Action::OneCommandTerminated(run) => {
                let others = self.keys_but_of(&[*run]);
                self.act_on(action, *run);
                assert_eq!(self.keys_but_of(&[*run]), others, "after {action:?}");
            }
        }
    }

    fn act_on(&self, action: &Action, run: Run) {
        let before = self.keys_of(run);
        match action {
            Action::Create(_) => {
                let created = self.create(run).run();
                if self.succeeds(&created, 0) {
                    let id = created.variable("ApiKeyId").unwrap();
                    assert!(self.keys_of(run).contains(&id), "{created:#?}");
                }
            }
            Action::CreateKilled(_) => self.kill_at_post(run),
            Action::OneCommand(_) => {
                let ended = self.create(run).line("-- true").run();
                if self.succeeds(&ended, 0) {
                    assert_eq!(self.keys_of(run), before, "{ended:#?}");
                }
            }
            Action::OneCommandTerminated(_) => {
                let command = ["--", "sh", "-c", "echo ready; exec sleep 60"];
                let (running, line) = start_until_line(self.create(run).args(command));
                if line == "ready" {
                    running.signal(Signal::TERM);
                }
                let ended = running.end();
                if self.succeeds(&ended, 143) {
                    assert_eq!(self.keys_of(run), before, "{ended:#?}");
                }
            }
            _ => {
                self.delete(run);
            }
        }
    }

    fn create(&self, run: Run) -> Runkey<'_> {
        quick(create(&self.octopus)).env("RUNKEY_RUN_ID", run.id())
    }

    /// Deletes the run; whether that succeeded, and so left no key of it.
    fn delete(&self, run: Run) -> bool {
        let deleted = quick(delete(&self.octopus)).env("RUNKEY_RUN_ID", run.id());
        let deleted = deleted.run();
        let is_done = self.succeeds(&deleted, 0);
        if is_done {
            let end = format!("[runkey {}]", run.id());
            let left = self.keys_with(|purpose| purpose.ends_with(&end));
            assert!(left.is_empty(), "{left:?} after {deleted:#?}");
        }
        is_done
    }

    /// Cleans up; if that succeeds, exactly the keys of canceled runs are revoked.
    fn clean_up(&self) {
        let others = self.keys_but_of(&self.canceled);
        let cleaned = quick(delete(&self.octopus))
            .without("RUNKEY_RUN_BY")
            .without("RUNKEY_RUN_ID")
            .line("--finished")
            .run();
        if self.succeeds(&cleaned, 0) {
            for run in &self.canceled {
                let left = self.keys_of(*run);
                assert!(left.is_empty(), "{left:?} after {cleaned:#?}");
            }
        }
        assert_eq!(self.keys_but_of(&self.canceled), others, "{cleaned:#?}");
    }

    /// Starts `create`, and kills it before its first POST is carried out, if it comes so far.
    fn kill_at_post(&self, run: Run) {
        self.octopus.forget_requests();
        let victim: Arc<Mutex<Option<Pid>>> = Arc::default();
        let mut started = victim.lock().unwrap();
        let known = Arc::clone(&victim);
        self.octopus
            .before_request("POST", "/apikeys", move |_, _, _| {
                if let Some(pid) = known.lock().unwrap().take() {
                    kill_process(pid, Signal::KILL).unwrap();
                }
            });
        let mut running = start_command(self.create(run).into_command());
        *started = Some(running.pid());
        drop(started);
        // Until its end is collected, its ID is no other process's.
        let end = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        waitid(WaitId::Pid(running.pid()), end).unwrap();
        let is_killed = victim.lock().unwrap().take().is_none();
        running.child.wait().unwrap();
        if is_killed {
            self.wait_for_carried_out_post();
        }
    }

    /// The client is gone, but the server carries its request out.
    fn wait_for_carried_out_post(&self) {
        let start = Instant::now();
        let is_carried_out = |request: &Request| request.method == "POST" && request.user.is_some();
        while !self.octopus.requests().iter().any(is_carried_out) {
            assert!(start.elapsed() < Duration::from_secs(10), "no POST");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Whether the step succeeded, as it must unless something broke.
    fn succeeds(&self, outcome: &Outcome, code: i32) -> bool {
        let is_success = outcome.code == code;
        assert!(is_success || self.faults > 0, "{outcome:#?}");
        is_success
    }

    /// Deletes both runs until the faults are spent.
    fn end(self) {
        for run in [Run::First, Run::Second] {
            let others = self.keys_but_of(&[run]);
            let is_done = (0..=self.faults).any(|_| self.delete(run));
            assert!(is_done, "delete fails without a fault");
            assert_eq!(self.keys_but_of(&[run]), others);
        }
    }

    /// The IDs of the run's active keys, of its one-command runs too.
    fn keys_of(&self, run: Run) -> Vec<String> {
        let words = [
            format!("[runkey {}]", run.id()),
            format!("[runkey {}~", run.id()),
        ];
        self.keys_with(|purpose| words.iter().any(|word| purpose.contains(word)))
    }

    fn keys_with(&self, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
        let mut keys = self.octopus.keys(RUNBOOK_SVC);
        keys.retain(|key| is_meant(&key.purpose));
        keys.into_iter().map(|key| key.id).collect()
    }

    /// The IDs of all keys but those of these runs.
    fn keys_but_of(&self, runs: &[Run]) -> Vec<String> {
        let of_runs: Vec<_> = runs.iter().flat_map(|run| self.keys_of(*run)).collect();
        let owners = [RUNBOOK_SVC, RUNBOOK_ALICE, BOB].into_iter();
        let mut keys: Vec<_> = owners.flat_map(|owner| self.octopus.keys(owner)).collect();
        keys.retain(|key| !of_runs.contains(&key.id));
        keys.into_iter().map(|key| key.id).collect()
    }
}

/// Gives up soon.
fn quick(run: Runkey<'_>) -> Runkey<'_> {
    run.env("RUNKEY_TIMEOUT", "600ms")
        .env("RUNKEY_RETRY_FOR", "3s")
}
