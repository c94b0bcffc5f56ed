//! Plays a sequence with the real program, and compares the server with the model.

use std::collections::HashMap;
use std::thread;

use jiff::{SignedDuration, Timestamp};
use octopus_sim::{Octopus, RUNBOOK_ALICE, RUNBOOK_SVC};

use crate::action::{Action, ByHand, Moment, Run, Step};
use crate::common::{Outcome, Runkey, runkey};
use crate::{JUMP, Key, Model, crash};

/// A server, what must be on it, and what the runs hold.
struct Play {
    octopus: Octopus,
    model: Model,
    /// The key that `create` last handed to each run: its id and secret.
    held: HashMap<String, (String, String)>,
}

/// Plays the sequence in a world of its own; panics when the server and the model differ.
pub fn play(actions: &[Action]) {
    let octopus = Octopus::start();
    let mut play = Play {
        model: Model(on_server(&octopus)),
        octopus,
        held: HashMap::new(),
    };
    for action in actions {
        play.act(action);
        let mut expected = play.model.0.clone();
        expected.sort_by_key(|key| key.id.clone());
        assert_eq!(on_server(&play.octopus), expected, "after {action:?}");
    }
}

impl Play {
    fn act(&mut self, action: &Action) {
        match action {
            Action::Step(step, run) => self.steps(&[(*step, *run)]),
            Action::Together(steps) => self.steps(steps),
            Action::Killed(step, run, moment) => {
                let is_there = self.model.0.iter().any(|key| run.owns(key));
                let method = match step {
                    // Without a key there is nothing to be killed at.
                    Step::Delete if !is_there => return self.steps(&[(*step, *run)]),
                    Step::Delete => "DELETE",
                    _ => "POST",
                };
                // Looking up the account's name tells `create` the server's time, so that its first
                // POST is not refused for a wrong expiry.
                let step_to_kill = self.run(*step, *run).env("RUNKEY_OWNER", run.owner_name());
                crash::kill_at(&self.octopus, step_to_kill, method, *moment);
                self.learn_what_the_crash_left(*step, *run, *moment);
            }
            Action::DeleteExpired(run) => {
                let step = runkey(&self.octopus, "delete").args(["--expired", "--owner"]);
                let step = step.args([run.owner()]).without("RUNKEY_RUN_BY");
                step.without("RUNKEY_RUN_ID").run().expect_code(0);
                let now = self.octopus.now().min(Timestamp::now());
                self.model.revoked_expired(run.owner(), now);
            }
            Action::MadeByHand {
                run,
                purpose,
                is_expired,
            } => self.make_by_hand(*run, *purpose, *is_expired),
            Action::Clock(jumps) => self.octopus.advance_clock(JUMP * *jumps),
        }
    }

    /// Runs the steps at once, each a process, and takes what they did into the model.
    fn steps(&mut self, steps: &[(Step, Run)]) {
        let outcomes: Vec<Outcome> = thread::scope(|scope| {
            let running: Vec<_> = steps
                .iter()
                .map(|(step, run)| scope.spawn(|| self.run(*step, *run).run()))
                .collect();
            running.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let deleted = |run| steps.contains(&(Step::Delete, run));
        for ((step, run), outcome) in steps.iter().zip(&outcomes) {
            if *step == Step::Use && !deleted(*run) {
                let works = self
                    .held
                    .get(&name(*run))
                    .is_some_and(|(id, _)| self.model.accepts(id, self.octopus.now()));
                assert_eq!(
                    outcome.code,
                    Some(if works { 0 } else { 125 }),
                    "{outcome:#?}"
                );
            }
        }
        for (step, run) in steps {
            if *step == Step::Delete {
                self.model.revoked(*run);
            }
        }
        for ((step, run), outcome) in steps.iter().zip(outcomes) {
            if *step != Step::Use {
                let outcome = outcome.expect_code(0);
                if *step == Step::Create {
                    self.learn_of_made(*run, &outcome, deleted(*run));
                }
            }
        }
    }

    /// A key made while the same run's keys were revoked may be gone again.
    fn learn_of_made(&mut self, run: Run, outcome: &Outcome, may_be_gone: bool) {
        let variable = |name| outcome.variable(name).unwrap();
        let key = Key {
            id: variable("ApiKeyId"),
            owner: run.owner().to_owned(),
            purpose: run.purpose(),
            expires: Some(variable("ApiKeyExpires").parse().unwrap()),
        };
        self.held
            .insert(name(run), (key.id.clone(), variable("ApiKey")));
        if !may_be_gone || on_server(&self.octopus).contains(&key) {
            self.model.made(key);
        }
    }

    /// A crash before the request is done changes nothing; one after it makes or revokes one key.
    fn learn_what_the_crash_left(&mut self, step: Step, run: Run, moment: Moment) {
        if matches!(moment, Moment::BeforeItIsDone) {
            return;
        }
        let there = on_server(&self.octopus);
        if step == Step::Create {
            let mut new = there.into_iter().filter(|key| !self.model.0.contains(key));
            let key = new.next().filter(|key| run.owns(key));
            self.model.made(key.expect("the server made the key"));
        } else {
            let is_gone = |key: &Key| run.owns(key) && !there.contains(key);
            let gone = self.model.0.iter().position(is_gone);
            self.model.0.remove(gone.expect("the server revoked a key"));
        }
    }

    fn make_by_hand(&mut self, run: Run, purpose: ByHand, is_expired: bool) {
        let purpose = match purpose {
            ByHand::Purpose => run.purpose(),
            ByHand::Person => run.by().trim_end_matches(']').to_owned(),
            ByHand::LowerCase => run.purpose().to_lowercase(),
            ByHand::Longer => format!("{} copy", run.purpose()),
        };
        let away = SignedDuration::from_mins(if is_expired { -10 } else { 10 });
        let expires = Some(self.octopus.now() + away);
        let id = self.octopus.add_key(run.owner(), &purpose, expires).id;
        let owner = run.owner().to_owned();
        self.model.made(Key {
            id,
            owner,
            purpose,
            expires,
        });
    }

    fn run(&self, step: Step, run: Run) -> Runkey<'_> {
        let name = match step {
            Step::Create | Step::Whole => "create",
            Step::Use => "use",
            Step::Delete => "delete",
        };
        let called = runkey(&self.octopus, name)
            .env("RUNKEY_RUN_BY", run.by())
            .env("RUNKEY_RUN_ID", run.id())
            .env("RUNKEY_OWNER", run.owner());
        if step == Step::Whole {
            return called.args(["--", "true"]);
        }
        if name != "use" {
            return called;
        }
        match self.held.get(&self::name(run)) {
            Some((id, secret)) => called
                .env("OCTOPUS_API_KEY", secret)
                .env("RUNKEY_KEY_ID", id),
            // The create step did not run.
            None => called.env("OCTOPUS_API_KEY", ""),
        }
    }
}

fn name(run: Run) -> String {
    format!("{} {}", run.owner(), run.purpose())
}

/// Every key of both service accounts, in the order of their ids.
fn on_server(octopus: &Octopus) -> Vec<Key> {
    let keys = [RUNBOOK_SVC, RUNBOOK_ALICE].into_iter();
    let mut keys: Vec<Key> = keys
        .flat_map(|owner| octopus.keys(owner))
        .map(|key| Key {
            id: key.id,
            owner: key.owner,
            purpose: key.purpose,
            expires: key.expires,
        })
        .collect();
    keys.sort_by_key(|key| key.id.clone());
    keys
}
