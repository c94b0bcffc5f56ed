//! Short-lived Octopus Deploy API keys, one per run, named after the person who started it.

fn main() {}
