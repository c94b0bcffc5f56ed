//! Everyone in turn, round after round.

use std::time::Duration;

use color_eyre::eyre::{ContextCompat, Result};
use octopus_sim::Settings;

use crate::prepare::Programs;
use crate::rival::{self, Rival, Step};
use crate::sample::Sample;
use crate::stage::{Stage, Trust};
use crate::table;

/// All samples of a rival: for each round, those of its steps.
pub struct Record<'a> {
    pub rival: &'a Rival,
    pub rounds: Vec<Vec<Sample>>,
}

impl Record<'_> {
    /// The samples of one step, or of the whole cycle; none if the rival does not do that.
    pub fn of(&self, step: Option<Step>) -> Option<Vec<Sample>> {
        let steps: Vec<_> = Step::ALL
            .into_iter()
            .filter(|step| self.rival.does(*step))
            .collect();
        let Some(step) = step else {
            let cycle = |round: &Vec<Sample>| round.iter().copied().sum();
            let is_whole = steps.len() == Step::ALL.len();
            return is_whole.then(|| self.rounds.iter().map(cycle).collect());
        };
        let place = steps.iter().position(|known| *known == step)?;
        Some(self.rounds.iter().map(|round| round[place]).collect())
    }
}

/// Measures all steps of all rivals against a server that is this far away.
///
/// # Errors
/// When someone does not do their work.
pub fn at_distance(
    programs: &Programs,
    rivals: &[Rival],
    rounds: usize,
    round_trip_ms: u64,
) -> Result<()> {
    let round_trip = Duration::from_millis(round_trip_ms);
    let stage = Stage::set(programs, Settings::default(), round_trip)?;
    println!("\n### A round trip takes {round_trip_ms} ms\n");
    let records = race(&stage, rivals, &Step::ALL, rounds)?;
    table::print(
        &records,
        &[
            Some(Step::Create),
            Some(Step::Use),
            Some(Step::Delete),
            None,
        ],
    );
    Ok(())
}

/// Measures `create` of clients that trust all that the system trusts.
///
/// # Errors
/// When someone does not do their work, or the system trusts nobody.
pub fn with_system_certificates(programs: &Programs, rounds: usize) -> Result<()> {
    let stage = Stage::set(programs, Settings::default(), Duration::ZERO)?;
    let system = rustls_native_certs::load_native_certs().certs.len();
    let bundle = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/cert.pem",
    ]
    .into_iter()
    .find_map(|file| std::fs::read(file).ok())
    .wrap_err("This system does not keep its certificates in one file.")?;
    let authority = std::fs::read(stage.octopus.ca_file())?;
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), [bundle, authority].concat())?;
    let stage = stage.trusting(Trust::System(file.path().to_owned()));
    let rivals: Vec<_> = [rival::runkey(programs)]
        .into_iter()
        .chain(rival::curl())
        .collect();
    println!("\n### `create` with the system's {system} certificates and the server's\n");
    let records = race(&stage, &rivals, &[Step::Create], rounds)?;
    table::print(&records, &[Some(Step::Create)]);
    Ok(())
}

fn race<'a>(
    stage: &Stage,
    rivals: &'a [Rival],
    steps: &[Step],
    rounds: usize,
) -> Result<Vec<Record<'a>>> {
    let mut records: Vec<_> = rivals
        .iter()
        .map(|rival| Record {
            rival,
            rounds: Vec::new(),
        })
        .collect();
    for round in 0..=rounds {
        for record in &mut records {
            let rival = record.rival;
            let steps = steps.iter().filter(|step| rival.does(**step));
            let samples = steps
                .map(|step| stage.play(rival, *step))
                .collect::<Result<_>>()?;
            // The first round only warms up the caches of the file system.
            if round > 0 {
                record.rounds.push(samples);
            }
        }
    }
    Ok(records)
}
