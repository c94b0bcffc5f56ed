//! Measures runkey next to what people use today, against the simulated server with TLS:
//! `cargo run --release -p bench [-- ROUNDS]`. All take turns, round after round.

mod participant;
mod sample;
mod stage;

use std::env;

use color_eyre::eyre::Result;

use participant::Participant;
use sample::{Sample, quartiles};
use stage::Stage;

const DEFAULT_ROUNDS: usize = 30;

/// One step of a runbook.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Creates the run's key.
    Create,
    /// Revokes it.
    Delete,
}

impl Step {
    /// What runkey calls it, and every recipe.
    fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
        }
    }
}

fn main() -> Result<()> {
    color_eyre::install()?;
    let rounds = env::args().nth(1).map(|rounds| rounds.parse());
    let rounds = rounds.transpose()?.unwrap_or(DEFAULT_ROUNDS);
    let participants = participant::all()?;
    let stage = Stage::start()?;
    let mut samples = vec![Vec::new(); participants.len()];
    for round in 0..=rounds {
        for (participant, samples) in participants.iter().zip(&mut samples) {
            let create = stage.play(participant, Step::Create)?;
            let delete = participant.deletes.then_some(Step::Delete);
            let delete = delete
                .map(|step| stage.play(participant, step))
                .transpose()?;
            // The first round only warms up the caches of the file system.
            if round > 0 {
                samples.push((create, delete));
            }
        }
    }
    print(&participants, &samples);
    Ok(())
}

/// A round of a participant: `create`, and `delete` if it does that.
type Round = (Sample, Option<Sample>);
/// The part of a round that a row is about.
type Choice = fn(&Round) -> Option<Sample>;

/// Prints a table; runkey is the first, and the measure of the others.
fn print(participants: &[Participant], samples: &[Vec<Round>]) {
    println!(
        "| what | who | time, ms (middle half) | of runkey's | processor, ms | peak memory, MiB \
         | requests | connections |\n|---|---|---|---|---|---|---|---|"
    );
    let choices: [(&str, Choice); 3] = [
        ("create", |round| Some(round.0)),
        ("delete", |round| round.1),
        ("create and delete", |round| Some(round.0 + round.1?)),
    ];
    for (what, choice) in choices {
        let mut of_runkey = None;
        for (participant, samples) in participants.iter().zip(samples) {
            let samples: Vec<Sample> = samples.iter().filter_map(choice).collect();
            let Some(last) = samples.last() else { continue };
            let [lower, time, upper] = quartiles(&samples, |sample| sample.wall * 1e3);
            let [_, cpu, _] = quartiles(&samples, |sample| sample.cpu * 1e3);
            let [_, peak, _] = quartiles(&samples, |sample| sample.peak_kib / 1024.0);
            println!(
                "| {what} | {} | {time:.1} ({lower:.1} to {upper:.1}) | {:.2} | {cpu:.1} | {peak:.1} | {} | {} |",
                participant.name,
                time / *of_runkey.get_or_insert(time),
                last.requests,
                last.connections,
            );
        }
    }
}
