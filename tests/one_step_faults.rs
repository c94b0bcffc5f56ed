//! `runkey create -- COMMAND` with every fault that the simulated server knows, at every request of
//! it: a run that ends well leaves no key, and a key that lives on is told of.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use common::{ALICE, Outcome, Runkey, create, requests};
use octopus_sim::{Fault, Key, Octopus, RUNBOOK_SVC};

/// Most cases wait most of the time, so there are many more threads than cores.
const THREADS: usize = 32;

/// One fault at one request.
struct Case {
    arguments: &'static [&'static str],
    with_token: bool,
    /// From 1.
    nth: usize,
    fault: Fault,
    times: usize,
}

impl Case {
    fn run(&self) -> Result<(), String> {
        let octopus = Octopus::start();
        octopus
            .fault(self.fault.clone())
            .at(self.nth)
            .times(self.times);
        let retry_for = if self.times == 1 { "20s" } else { "1s" };
        let run = one_step(&octopus, self.arguments, self.with_token)
            .env("RUNKEY_TIMEOUT", "600ms")
            .env("RUNKEY_RETRY_FOR", retry_for)
            .run();
        let broken = self.broken_claim(&octopus, &run);
        broken.map_or(Ok(()), |claim| {
            let Self {
                arguments,
                nth,
                fault,
                times,
                ..
            } = self;
            Err(format!(
                "{arguments:?}, {fault} x {times} at request {nth}: {claim}\n{run:#?}"
            ))
        })
    }

    fn broken_claim(&self, octopus: &Octopus, run: &Outcome) -> Option<&'static str> {
        let living = living(octopus);
        match run.code {
            // COMMAND's own code.
            Some(7) if living.is_empty() => None,
            Some(7) => Some("a key lives on, and it did not say so"),
            Some(125) => {
                let told = living.iter().all(|key| is_told(key, run));
                let warned = run.stderr.contains("lives until it expires by itself");
                if !told && !warned {
                    Some("a key lives on, and it does not say which")
                } else if self.passes_by_itself() {
                    Some("one passing fault made it fail")
                } else {
                    None
                }
            }
            _ => Some("it ended with another code"),
        }
    }

    fn passes_by_itself(&self) -> bool {
        let lasting = matches!(
            self.fault,
            Fault::Status(403) | Fault::Redirect { .. } | Fault::HostileError { .. }
        );
        // A success that cannot be read is not asked for again: it may hold a key.
        let unreadable = matches!(self.fault, Fault::NotJson | Fault::EndlessBody);
        self.times == 1 && !lasting && !unreadable
    }
}

fn is_told(key: &Key, run: &Outcome) -> bool {
    let expires = format!("{:.0}", key.expires.unwrap());
    run.stderr.contains(&key.id) && run.stderr.contains(&expires)
}

fn living(octopus: &Octopus) -> Vec<Key> {
    let keys = octopus.keys(RUNBOOK_SVC).into_iter();
    keys.filter(|key| key.purpose.starts_with(ALICE)).collect()
}

fn one_step<'a>(octopus: &'a Octopus, arguments: &[&str], with_token: bool) -> Runkey<'a> {
    let run = create(octopus).args(arguments);
    let run = run.args(["--", "sh", "-c", "exit 7"]);
    if with_token {
        run.without("OCTOPUS_API_KEY")
            .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token())
    } else {
        run
    }
}

fn matrix() -> Vec<Case> {
    let ways: [&[&str]; 3] = [
        &[],
        &["--access", "read-only"],
        &["--report", "report.json", "--owner", "Users-21"],
    ];
    let mut cases = Vec::new();
    for (arguments, with_token) in ways.into_iter().zip([false, true, false]) {
        let octopus = Octopus::start();
        one_step(&octopus, arguments, with_token)
            .run()
            .expect_code(7);
        for nth in 1..=requests(&octopus).len() {
            for fault in Fault::all() {
                cases.extend([1, 3].map(|times| Case {
                    arguments,
                    with_token,
                    nth,
                    fault: fault.clone(),
                    times,
                }));
            }
        }
    }
    cases
}

#[test]
fn whatever_breaks_no_key_lives_on_without_a_word() {
    let cases = matrix();
    let next = AtomicUsize::new(0);
    let broken = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(claim) = case.run() {
                        broken.lock().unwrap().push(claim);
                    }
                }
            });
        }
    });
    let broken = broken.into_inner().unwrap();
    let (count, of) = (broken.len(), cases.len());
    assert!(broken.is_empty(), "{count} of {of}:\n{}", broken.join("\n"));
    println!("{of} cases, no claim broken");
}
