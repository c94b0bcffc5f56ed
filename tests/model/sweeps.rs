//! Random runs on two servers, cancelled at every moment, and sweeps between them: no key of a living
//! run dies, and one full sweep leaves none that an ended run made where the server shows its task.
//!
//! `RUNKEY_MODEL_SWEEPS` sets how many sequences are played.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use octopus_sim::{Octopus, RUNBOOK_SVC, Settings, TaskState};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

use crate::action::Moment;
use crate::common::{Runkey, runkey};
use crate::crash;

const SEQUENCES: u32 = 150;
/// Longer than the minute by which a key's time and its task's may differ, and no part of an hour,
/// which a key lives.
const JUMP: SignedDuration = SignedDuration::from_mins(7);
/// The tasks of this space may not be read.
const HIDDEN: &str = "Spaces-2";

/// One thing that happens. Runs are chosen among those that live, by a number of any size.
#[derive(Debug, Clone)]
enum Action {
    /// A run begins, in a task of one server, and makes its keys on the same or on the other.
    Begin {
        server: usize,
        keys_on: usize,
        is_hidden: bool,
    },
    Create(usize),
    /// The run's own last step, with or without a look at others' keys.
    Delete(usize, bool),
    /// The run is over.
    End(usize, TaskState, During),
    Sweep(usize),
    /// The tasks of that server that are over are deleted.
    Retention(usize),
    /// Time passes on both.
    Jump(i32),
}

/// What a run is doing when it ends.
#[derive(Debug, Clone, Copy)]
enum During {
    /// Nothing of runkey's.
    Nothing,
    Create(Moment),
    Delete(Moment),
}

/// A run, and every key that it was seen to have.
#[derive(Debug)]
struct Run {
    person: String,
    server: usize,
    keys_on: usize,
    task: String,
    is_hidden: bool,
    is_over: bool,
    /// Its keys by id, with the time they were made and when they expire.
    keys: BTreeSet<(String, Timestamp, Timestamp)>,
}

struct Play {
    servers: [Octopus; 2],
    runs: Vec<Run>,
}

#[test]
fn no_key_outlives_its_run_after_a_sweep_and_none_dies_before_it() {
    let sequences =
        std::env::var("RUNKEY_MODEL_SWEEPS").map_or(SEQUENCES, |number| number.parse().unwrap());
    let config = Config {
        cases: sequences,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/model/regressions-of-sweeps.txt"
        )))),
        ..Config::default()
    };
    let play = |actions: Vec<Action>| {
        play(&actions);
        Ok(())
    };
    TestRunner::new(config)
        .run(&vec(action(), 1..14), play)
        .unwrap();
}

fn action() -> impl Strategy<Value = Action> {
    let moment = || prop_oneof![Just(Moment::BeforeItIsDone), Just(Moment::AfterItIsDone)];
    let during = prop_oneof![
        2 => Just(During::Nothing),
        1 => moment().prop_map(During::Create),
        1 => moment().prop_map(During::Delete),
    ];
    let state = prop_oneof![
        Just(TaskState::Success),
        Just(TaskState::Failed),
        Just(TaskState::Canceled),
        Just(TaskState::TimedOut),
    ];
    let server = || 0..2_usize;
    let run = any::<usize>;
    prop_oneof![
        4 => (server(), 0..2_usize, 0..4_usize).prop_map(|(server, other, hidden)| Action::Begin {
            server,
            keys_on: if other == 0 { 1 - server } else { server },
            is_hidden: hidden == 0,
        }),
        6 => run().prop_map(Action::Create),
        2 => (run(), any::<bool>()).prop_map(|(run, beside)| Action::Delete(run, beside)),
        4 => (run(), state, during).prop_map(|(run, state, during)| Action::End(run, state, during)),
        2 => server().prop_map(Action::Sweep),
        1 => server().prop_map(Action::Retention),
        2 => (1..5).prop_map(Action::Jump),
    ]
}

/// In every world a run of the second server has a key on the first, whose next task will have the
/// same number.
fn of_a_stranger() -> [Action; 3] {
    let begin = Action::Begin {
        server: 1,
        keys_on: 0,
        is_hidden: false,
    };
    [begin, Action::Create(0), Action::Jump(1)]
}

/// Plays the sequence, and then one full sweep of both servers.
fn play(actions: &[Action]) {
    // In the past, so that this machine's clock never keeps an expired key alive.
    let server = || {
        Settings {
            clock_offset: SignedDuration::from_hours(-24),
            ..Settings::default()
        }
        .start()
    };
    let mut play = Play {
        servers: [server(), server()],
        runs: Vec::new(),
    };
    for server in &play.servers {
        server.tasks().hide_from(RUNBOOK_SVC, HIDDEN);
    }
    for action in of_a_stranger().iter().chain(actions) {
        play.act(action);
        play.check_the_living(&format!("after {action:?}"));
    }
    for server in 0..2 {
        play.sweep(server);
    }
    play.check_the_living("after the last sweep");
    play.check_the_dead();
}

impl Play {
    fn act(&mut self, action: &Action) {
        match action {
            Action::Begin {
                server,
                keys_on,
                is_hidden,
            } => self.begin(*server, *keys_on, *is_hidden),
            Action::Create(number) => {
                if let Some(run) = self.living(*number) {
                    self.step("create", run).run().expect_code(0);
                    self.learn();
                }
            }
            Action::Delete(number, is_beside) => {
                if let Some(run) = self.living(*number) {
                    let step = self.step("delete", run);
                    let step = step.env("RUNKEY_ENDED", is_beside.to_string());
                    step.run().expect_code(0);
                    self.forget_the_gone(run);
                }
            }
            Action::End(number, state, during) => {
                if let Some(run) = self.living(*number) {
                    self.end(run, *state, *during);
                }
            }
            Action::Sweep(server) => self.sweep(*server),
            Action::Retention(server) => {
                let tasks = self.servers[*server].tasks();
                tasks.apply_retention(SignedDuration::ZERO);
            }
            Action::Jump(jumps) => {
                for server in &self.servers {
                    server.advance_clock(JUMP * *jumps);
                }
            }
        }
    }

    fn begin(&mut self, server: usize, keys_on: usize, is_hidden: bool) {
        let tasks = self.servers[server].tasks();
        let task = tasks.queue_in(if is_hidden { HIDDEN } else { "Spaces-1" });
        tasks.start(&task);
        let number = self.runs.len();
        self.runs.push(Run {
            person: format!("Person {number} (p{number})"),
            server,
            keys_on,
            task,
            is_hidden,
            is_over: false,
            keys: BTreeSet::new(),
        });
    }

    /// Octopus kills what the run is doing, and the run is over.
    fn end(&mut self, run: usize, state: TaskState, during: During) {
        let octopus = &self.servers[self.runs[run].keys_on];
        match during {
            During::Create(moment) => {
                crash::kill_at(octopus, self.step("create", run), "POST", moment);
            }
            During::Delete(moment) if !self.keys_of(run).is_empty() => {
                crash::kill_at(octopus, self.step("delete", run), "DELETE", moment);
                self.forget_the_gone(run);
            }
            During::Delete(_) | During::Nothing => {}
        }
        self.learn();
        let tasks = self.servers[self.runs[run].server].tasks();
        tasks.cancel(&self.runs[run].task);
        tasks.end(&self.runs[run].task, state);
        self.runs[run].is_over = true;
    }

    /// A full sweep, which fails only if it could see none of the tasks that it asked for.
    fn sweep(&self, server: usize) {
        let run = runkey(&self.servers[server], "delete")
            .without("RUNKEY_RUN_BY")
            .without("RUNKEY_RUN_ID")
            .args(["--ended"])
            .run();
        if run.code != Some(0) {
            run.expect_code(1).expect_text("TaskView");
        }
    }

    /// A living run, if there is one.
    fn living(&self, number: usize) -> Option<usize> {
        let living: Vec<usize> = (0..self.runs.len())
            .filter(|run| !self.runs[*run].is_over)
            .collect();
        living.get(number.checked_rem(living.len())?).copied()
    }

    fn step(&self, name: &str, run: usize) -> Runkey<'_> {
        let run = &self.runs[run];
        runkey(&self.servers[run.keys_on], name)
            .env("RUNKEY_RUN_BY", &run.person)
            .env("RUNKEY_RUN_ID", &run.task)
            .env("RUNKEY_OWNER", "runbook-svc")
    }

    /// The keys of this run that the server has.
    fn keys_of(&self, run: usize) -> BTreeSet<(String, Timestamp, Timestamp)> {
        let run = &self.runs[run];
        let purpose = format!("{} [runkey {}]", run.person, run.task);
        let keys = self.servers[run.keys_on].keys(RUNBOOK_SVC);
        keys.into_iter()
            .filter(|key| key.purpose == purpose)
            .map(|key| (key.id, key.created, key.expires.unwrap()))
            .collect()
    }

    /// Takes keys that were made into account.
    fn learn(&mut self) {
        for run in 0..self.runs.len() {
            let keys = self.keys_of(run);
            self.runs[run].keys.extend(keys);
        }
    }

    /// The run revoked keys of its own.
    fn forget_the_gone(&mut self, run: usize) {
        self.runs[run].keys = self.keys_of(run);
    }

    /// Every key of a living run is there until it expires.
    fn check_the_living(&self, when: &str) {
        for (number, run) in self.runs.iter().enumerate() {
            let there = self.keys_of(number);
            let now = self.servers[run.keys_on].now();
            for key in &run.keys {
                let must_live = !run.is_over && key.2 > now && !self.has_a_twin(run, key.1);
                assert!(
                    !must_live || there.contains(key),
                    "{when}: {key:?} of {run:#?}"
                );
            }
        }
    }

    /// Whether the server that has the run's keys ran a task of the same number at the same time: that
    /// server cannot tell the two apart, and neither can anyone else.
    fn has_a_twin(&self, run: &Run, made: Timestamp) -> bool {
        let twin = |other: &&Run| {
            run.server != run.keys_on && other.server == run.keys_on && other.task == run.task
        };
        let task = |other: &Run| self.servers[run.keys_on].tasks().get(&other.task);
        let minute = SignedDuration::from_mins(1);
        self.runs.iter().filter(twin).any(|other| {
            // One that retention deleted may have been seen before.
            task(other).is_none_or(|task| {
                task.started.is_none_or(|started| started - minute <= made)
                    && task
                        .completed
                        .is_none_or(|completed| made <= completed + minute)
            })
        })
    }

    /// No key is there that has expired, or whose run is over as its server shows.
    fn check_the_dead(&self) {
        for (number, run) in self.runs.iter().enumerate() {
            let octopus = &self.servers[run.keys_on];
            let is_shown = run.server == run.keys_on
                && !run.is_hidden
                && octopus.tasks().get(&run.task).is_some();
            for key in self.keys_of(number) {
                let has_expired = key.2 <= octopus.now();
                let must_be_gone = has_expired || run.is_over && is_shown;
                assert!(!must_be_gone, "{key:?} of {run:#?}");
            }
        }
    }
}
