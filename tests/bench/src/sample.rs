//! What one run of a command costs.

use std::iter::Sum;
use std::ops::Add;
use std::process::Command;

use color_eyre::eyre::{Result, WrapErr, ensure};
use serde::Deserialize;

/// The cost of one run, or of several one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    /// Seconds from the start to the end.
    pub wall: f64,
    /// Seconds of both cores, for the program and for the system on its behalf.
    pub cpu: f64,
    /// The most memory at any time, in KiB.
    pub peak_kib: f64,
    /// Requests that the server had.
    pub requests: usize,
    /// Connections that the server had.
    pub connections: usize,
}

/// What `measure` says.
#[derive(Deserialize)]
struct Measured {
    wall: f64,
    cpu: f64,
    peak_kib: f64,
    success: bool,
    said: String,
}

/// Runs `measure COMMAND`, whose requests are counted by others.
///
/// # Errors
/// When the command fails: then its cost means nothing.
pub fn take(mut measure: Command) -> Result<Sample> {
    let output = measure.output().wrap_err("Cannot start 'measure'")?;
    let measured: Measured = serde_json::from_slice(&output.stdout)
        .wrap_err_with(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    ensure!(measured.success, "{measure:?} failed: {}", measured.said);
    Ok(Sample {
        wall: measured.wall,
        cpu: measured.cpu,
        peak_kib: measured.peak_kib,
        ..Sample::default()
    })
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

impl Sum for Sample {
    fn sum<I: Iterator<Item = Self>>(samples: I) -> Self {
        samples.fold(Self::default(), Add::add)
    }
}
