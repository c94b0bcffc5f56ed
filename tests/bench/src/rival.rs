//! Who takes part.

use std::ffi::OsString;
use std::path::Path;

use crate::prepare::{Programs, are_there, rivals};

/// One step of a runbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Create,
    Use,
    Delete,
}

impl Step {
    /// All, in their order.
    pub const ALL: [Self; 3] = [Self::Create, Self::Use, Self::Delete];

    /// What runkey calls it, and every recipe.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Use => "use",
            Self::Delete => "delete",
        }
    }
}

/// A program that does what runkey does, or a part of it.
pub struct Rival {
    pub name: &'static str,
    pub kind: Kind,
}

/// How a rival is started.
pub enum Kind {
    /// This command and the name of the step.
    Steps(Vec<OsString>),
    /// This command, which does what `create` does.
    CreateAlone(Vec<OsString>),
    /// One curl that sends both requests of `create`.
    Curl,
}

impl Rival {
    /// Whether it can do this step.
    pub fn does(&self, step: Step) -> bool {
        matches!(self.kind, Kind::Steps(_)) || step == Step::Create
    }
}

/// The program that all is about.
pub fn runkey(programs: &Programs) -> Rival {
    of_steps("runkey", &[&programs.release("runkey")])
}

/// One curl, if there is one.
pub fn curl() -> Option<Rival> {
    let curl = Rival {
        name: "one curl",
        kind: Kind::Curl,
    };
    present("curl", are_there(&["curl"]).then_some(curl))
}

/// All, runkey first. Who is missing on this machine is left out, and that is said.
pub fn all(programs: &Programs) -> Vec<Rival> {
    let bash = are_there(&["bash", "curl", "jq"])
        .then(|| of_steps("Bash, curl, jq", &[&rivals().join("recipe.sh")]));
    let python = programs
        .python()
        .map(|python| of_steps("Python, requests", &[&python, &rivals().join("recipe.py")]));
    let client = programs
        .client()
        .map(|recipe| of_steps("Octopus's client", &["node".as_ref(), &recipe]));
    let floor = Rival {
        name: "the floor",
        kind: Kind::CreateAlone(vec![programs.release("floor").into()]),
    };
    let missing_or_not = [
        present("the recipe in Bash (bash, curl, jq)", bash),
        present("the recipe in Python (python3, pip)", python),
        present("the recipe with Octopus's client (node, npm)", client),
        curl(),
        Some(floor),
    ];
    let others = missing_or_not.into_iter().flatten();
    [runkey(programs)].into_iter().chain(others).collect()
}

fn of_steps(name: &'static str, command: &[&Path]) -> Rival {
    Rival {
        name,
        kind: Kind::Steps(command.iter().map(|word| (*word).into()).collect()),
    }
}

fn present(what: &str, rival: Option<Rival>) -> Option<Rival> {
    if rival.is_none() {
        println!("Left out, because something for it is missing here: {what}.");
    }
    rival
}
