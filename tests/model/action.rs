//! What can happen.

use octopus_sim::{RUNBOOK_ALICE, RUNBOOK_SVC};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::Key;

/// The last one's name looks like a run of the first one's.
const PEOPLE: [&str; 3] = [
    "Alice King (alice)",
    "Bob Dole (bob)",
    "Alice King (alice) [runkey ServerTasks-1]",
];
/// Each is a part of the next.
const RUN_IDS: [&str; 3] = ["ServerTasks-1", "ServerTasks-12", "ServerTasks-123"];
const OWNERS: [&str; 2] = [RUNBOOK_SVC, RUNBOOK_ALICE];
const OWNER_NAMES: [&str; 2] = ["runbook-svc", "runbook-alice"];

/// Who started it, which run it is, and on whose account its key is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    person: usize,
    id: usize,
    owner: usize,
}

impl Run {
    pub fn by(self) -> &'static str {
        PEOPLE[self.person]
    }

    pub fn id(self) -> &'static str {
        RUN_IDS[self.id]
    }

    pub fn owner(self) -> &'static str {
        OWNERS[self.owner]
    }

    /// The same account by its user name.
    pub fn owner_name(self) -> &'static str {
        OWNER_NAMES[self.owner]
    }

    pub fn purpose(self) -> String {
        format!("{} [runkey {}]", self.by(), self.id())
    }

    pub fn owns(self, key: &Key) -> bool {
        key.owner == self.owner() && key.purpose == self.purpose()
    }
}

/// One step of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    Create,
    Use,
    Delete,
    /// `create -- COMMAND`, all in one.
    Whole,
}

/// When the program is killed.
#[derive(Debug, Clone, Copy)]
pub enum Moment {
    /// Its request has arrived, and nothing was done yet.
    BeforeItIsDone,
    /// What it asked for is done, and it does not know yet.
    AfterItIsDone,
}

/// What someone wrote as the purpose of a key made by hand.
#[derive(Debug, Clone, Copy)]
pub enum ByHand {
    /// Exactly what `create` would have written.
    Purpose,
    /// Only the person, as the forum's recipe has it.
    Person,
    /// The purpose in other letters.
    LowerCase,
    /// The purpose and more.
    Longer,
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub enum Action {
    Step(Step, Run),
    /// Several steps at once, of the same and of other runs.
    Together(Vec<(Step, Run)>),
    /// `create` or `delete` is killed at its first request that changes something.
    Killed(Step, Run, Moment),
    /// `delete --expired`.
    DeleteExpired(Run),
    MadeByHand {
        run: Run,
        purpose: ByHand,
        is_expired: bool,
    },
    /// The server's clock is set, by so many jumps.
    Clock(i32),
}

/// Short sequences: what goes wrong, goes wrong between a few actions.
pub fn sequences() -> impl Strategy<Value = Vec<Action>> {
    vec(action(), 1..6)
}

fn action() -> impl Strategy<Value = Action> {
    let moment = prop_oneof![Just(Moment::BeforeItIsDone), Just(Moment::AfterItIsDone)];
    let changing = prop_oneof![Just(Step::Create), Just(Step::Delete)];
    let by_hand = prop_oneof![
        Just(ByHand::Purpose),
        Just(ByHand::Person),
        Just(ByHand::LowerCase),
        Just(ByHand::Longer)
    ];
    prop_oneof![
        6 => (step(), run()).prop_map(|(step, run)| Action::Step(step, run)),
        2 => vec((step(), run()), 2..5).prop_map(Action::Together),
        3 => (changing, run(), moment)
            .prop_map(|(step, run, moment)| Action::Killed(step, run, moment)),
        1 => run().prop_map(Action::DeleteExpired),
        2 => (run(), by_hand, any::<bool>()).prop_map(|(run, purpose, is_expired)| {
            Action::MadeByHand { run, purpose, is_expired }
        }),
        1 => (-2..5).prop_map(Action::Clock),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Create),
        1 => Just(Step::Use),
        2 => Just(Step::Delete),
        1 => Just(Step::Whole),
    ]
}

/// Most are Alice's first, so that steps of the same run meet.
fn run() -> impl Strategy<Value = Run> {
    let often_first = |others| prop_oneof![2 => Just(0), 1 => 1..others];
    (
        often_first(PEOPLE.len()),
        often_first(RUN_IDS.len()),
        often_first(OWNERS.len()),
    )
        .prop_map(|(person, id, owner)| Run { person, id, owner })
}
