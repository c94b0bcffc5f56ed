//! Short-lived Octopus Deploy API keys, one per run, named after the person who started it.

mod run;

fn main() {}
