//! Prints results as Markdown.

use crate::race::Record;
use crate::rival::Step;
use crate::sample::Sample;
use crate::stats::quartiles;

/// Prints the medians of each of these steps (`None` is the whole cycle) for each rival, the first
/// of which is the measure of the others.
pub fn print(records: &[Record<'_>], steps: &[Option<Step>]) {
    println!(
        "| step | who | time, ms (middle half) | processor, ms | peak memory, MiB | requests \
         | connections | time, of runkey's |\n|---|---|---|---|---|---|---|---|"
    );
    for step in steps {
        let name = step.map_or("all three", Step::name);
        let mut runkey = None;
        for record in records {
            let Some(samples) = record.of(*step) else {
                continue;
            };
            let wall = quartiles(samples.iter().map(|sample| sample.wall * 1e3));
            let of_runkey = wall.median / *runkey.get_or_insert(wall.median);
            let last = samples.last().copied().unwrap_or_default();
            println!(
                "| {name} | {} | {:.1} ({:.1} to {:.1}) | {:.1} | {:.1} | {} | {} | {of_runkey:.2} |",
                record.rival.name,
                wall.median,
                wall.lower,
                wall.upper,
                median_of(&samples, |sample| sample.cpu * 1e3),
                median_of(&samples, |sample| sample.peak_kib / 1024.0),
                last.requests,
                last.connections,
            );
        }
    }
}

/// The median of one part of samples.
pub fn median_of(samples: &[Sample], part: impl Fn(&Sample) -> f64) -> f64 {
    quartiles(samples.iter().map(part)).median
}
