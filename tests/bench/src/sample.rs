//! What one run of a command costs.

use std::ops::Add;
use std::process::Command;

use color_eyre::eyre::{Result, WrapErr, ensure};
use serde::Deserialize;

/// The cost of one run, or of two in turn.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Seconds from the start to the end.
    pub wall: f64,
    /// Seconds of all cores, for the program and for the system on its behalf.
    pub cpu: f64,
    /// The most memory at any time, in KiB.
    pub peak_kib: f64,
    /// What the server had.
    pub requests: usize,
    pub connections: usize,
}

/// What `measure` says.
#[derive(Deserialize)]
pub struct Measured {
    pub wall: f64,
    pub cpu: f64,
    pub peak_kib: f64,
    pub is_success: bool,
    pub output: String,
}

/// Runs `measure COMMAND`.
///
/// # Errors
/// When the command fails: then its cost means nothing.
pub fn measure(mut measure: Command) -> Result<Measured> {
    let output = measure.output().wrap_err("Cannot start 'measure'")?;
    let measured: Measured = serde_json::from_slice(&output.stdout)
        .wrap_err_with(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    ensure!(
        measured.is_success,
        "{measure:?} failed: {}",
        measured.output
    );
    Ok(measured)
}

impl Add for Sample {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            wall: self.wall + other.wall,
            cpu: self.cpu + other.cpu,
            peak_kib: self.peak_kib.max(other.peak_kib),
            requests: self.requests + other.requests,
            connections: self.connections + other.connections,
        }
    }
}

/// The quartiles of a part of at least one sample; the second is the median.
pub fn quartiles(samples: &[Sample], part: impl Fn(&Sample) -> f64) -> [f64; 3] {
    let mut sorted: Vec<f64> = samples.iter().map(part).collect();
    sorted.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| sorted[(sorted.len() - 1) * quarter / 4])
}
