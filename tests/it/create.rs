//! `runkey create`.

use octopus_sim::Octopus;

use crate::support::{create, transcript};

#[test]
fn creates_key_and_passes_it_on() {
    let octopus = Octopus::start();
    let run = create(&octopus).run();
    insta::assert_snapshot!(transcript(&octopus, &run), @"");
}
