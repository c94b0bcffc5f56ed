//! What can happen.

use octopus_sim::Fault;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Which of the two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    First,
    Second,
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Action {
    Create(Run),
    /// `create` is killed by SIGKILL when its POST is about to be carried out.
    CreateKilled(Run),
    Delete(Run),
    /// `create -- true`.
    OneCommand(Run),
    /// `create -- COMMAND`, sent SIGTERM while the command runs.
    OneCommandTerminated(Run),
    /// The run's task is canceled.
    Cancel(Run),
    /// `delete --finished`.
    Cleanup,
    /// Something breaks, so many requests from now, so many times in a row.
    Fault {
        fault: Fault,
        at: usize,
        times: usize,
    },
}

/// Short sequences: what goes wrong, goes wrong between a few actions.
pub fn sequences() -> impl Strategy<Value = Vec<Action>> {
    vec(action(), 2..8)
}

fn action() -> impl Strategy<Value = Action> {
    let run = || select(vec![Run::First, Run::Second]);
    let mut faults = Fault::all();
    faults.extend(Fault::misleading());
    let fault = (select(faults), 1..6_usize, 1..4_usize);
    prop_oneof![
        5 => run().prop_map(Action::Create),
        2 => run().prop_map(Action::CreateKilled),
        4 => run().prop_map(Action::Delete),
        2 => run().prop_map(Action::OneCommand),
        1 => run().prop_map(Action::OneCommandTerminated),
        1 => run().prop_map(Action::Cancel),
        2 => Just(Action::Cleanup),
        3 => fault.prop_map(|(fault, at, times)| Action::Fault { fault, at, times }),
    ]
}
