//! How the cost grows: with the keys of the account, with the events in the audit trail, and with the
//! runs at the same time.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, ensure, eyre};
use jiff::SignedDuration;
use octopus_sim::{RUNBOOK_SVC, Settings};

use crate::plot::{self, Line};
use crate::prepare::Programs;
use crate::rival::{self, Rival, Step};
use crate::sample::{self, Sample};
use crate::stage::{PURPOSE, Stage};
use crate::table::median_of;

const SIZES: [u32; 5] = [10, 100, 1_000, 10_000, 100_000];
const CROWDS: [u32; 5] = [1, 10, 50, 200, 500];
/// How often each is measured.
const TIMES: usize = 5;

/// Measures all of it, prints tables, and draws the picture in the documentation.
///
/// # Errors
/// When a run fails, or the picture cannot be written.
pub fn measure(programs: &Programs) -> Result<()> {
    let runkey = rival::runkey(programs);
    let keys = |filters| {
        let settings = Settings {
            filters_by_purpose: filters,
            ..Settings::default()
        };
        grow("keys on the account", |size| {
            delete_among(programs, &runkey, &settings, size)
        })
    };
    println!("\n### `delete`, the server filters by purpose\n");
    let filtered = keys(true)?;
    println!("\n### `delete`, an old server that does not\n");
    let unfiltered = keys(false)?;
    println!("\n### `delete --report`\n");
    let events = grow("events since the key was made", |size| {
        report_of(programs, &runkey, size)
    })?;
    println!("\n### Runs at the same time, `create` and `delete` each\n");
    let crowds = crowds(programs, &runkey)?;
    let lines = [
        ("delete, among so many keys", filtered),
        ("delete, among so many keys of an old server", unfiltered),
        ("delete --report, among so many events", events),
        ("create and delete, a run of so many at once", crowds),
    ]
    .map(|(name, points)| Line { name, points });
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    plot::draw(&docs.join("growth.svg"), &lines)
}

/// Measures for each size; prints a table, and gives sizes and milliseconds.
fn grow(what: &str, once: impl Fn(u32) -> Result<Sample>) -> Result<Vec<(u32, f64)>> {
    println!(
        "| {what} | time, ms | processor, ms | peak memory, MiB | requests |\n|---|---|---|---|---|"
    );
    SIZES
        .into_iter()
        .map(|size| {
            let samples: Vec<_> = (0..TIMES).map(|_| once(size)).collect::<Result<_>>()?;
            let time = median_of(&samples, |sample| sample.wall * 1e3);
            let peak = median_of(&samples, |sample| sample.peak_kib / 1024.0);
            let cpu = median_of(&samples, |sample| sample.cpu * 1e3);
            let requests = samples[0].requests;
            println!("| {size} | {time:.1} | {cpu:.1} | {peak:.1} | {requests} |");
            Ok((size, time))
        })
        .collect()
}

fn delete_among(
    programs: &Programs,
    runkey: &Rival,
    settings: &Settings,
    size: u32,
) -> Result<Sample> {
    let stage = Stage::set(programs, settings.clone(), Duration::ZERO)?;
    stage.octopus.add_keys(RUNBOOK_SVC, usize::try_from(size)?);
    stage.play(runkey, Step::Delete)
}

fn report_of(programs: &Programs, runkey: &Rival, size: u32) -> Result<Sample> {
    let stage = Stage::set(programs, Settings::default(), Duration::ZERO)?;
    stage.octopus.add_key(RUNBOOK_SVC, PURPOSE, None);
    // An event a second, all of them after the key.
    stage
        .octopus
        .advance_clock(SignedDuration::from_secs(i64::from(size) + 1));
    stage
        .octopus
        .add_events(RUNBOOK_SVC, usize::try_from(size)?);
    let folder = tempfile::tempdir()?;
    let report = folder.path().join("report.html");
    let mut command = stage.command(runkey, Step::Delete, None);
    command.arg("--report").arg(&report);
    let sample = stage.counted(|| sample::take(command))?;
    ensure!(report.exists(), "There is no report.");
    Ok(sample)
}

/// For each crowd: how many milliseconds a run takes from its first step to the end of its last.
fn crowds(programs: &Programs, runkey: &Rival) -> Result<Vec<(u32, f64)>> {
    println!("| runs | time of a run, ms | time of all, s | requests of each |\n|---|---|---|---|");
    CROWDS
        .into_iter()
        .map(|crowd| {
            let stage = Stage::set(programs, Settings::default(), Duration::ZERO)?;
            let start = Instant::now();
            let runs = all_at_once(&stage, runkey, crowd)?;
            let took = start.elapsed().as_secs_f64();
            let keys = stage.octopus.keys(RUNBOOK_SVC).len();
            ensure!(
                keys == 1,
                "{keys} keys are left, not just the standing one."
            );
            let time = median_of(&runs, |run| run.wall * 1e3);
            let requests = stage.octopus.requests().len() / runs.len();
            println!("| {crowd} | {time:.1} | {took:.2} | {requests} |");
            Ok((crowd, time))
        })
        .collect()
}

fn all_at_once(stage: &Stage, runkey: &Rival, crowd: u32) -> Result<Vec<Sample>> {
    thread::scope(|scope| {
        let begin = |number| {
            scope.spawn(move || {
                let step = |step| {
                    let mut command = stage.command(runkey, step, None);
                    command.env("RUNKEY_RUN_ID", format!("ServerTasks-{number}"));
                    sample::take(command)
                };
                Ok(step(Step::Create)? + step(Step::Delete)?)
            })
        };
        let runs: Vec<_> = (0..crowd).map(begin).collect();
        let ends = runs.into_iter().map(|run| {
            run.join()
                .unwrap_or_else(|_| Err(eyre!("A run could not be measured.")))
        });
        ends.collect()
    })
}
