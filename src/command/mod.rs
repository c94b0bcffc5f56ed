//! The command. (Placeholder until the real one is merged.)

pub mod signals;

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use octopus::{Address, Secret, Untrusted};
pub use signals::Signals;

use crate::output::{Failure, Reporter};

pub struct Work<'a> {
    pub key: &'a Secret,
    pub address: &'a Address,
    pub space: Option<&'a Untrusted>,
    pub ca_file: Option<&'a Path>,
    pub keep_env: &'a [String],
}

impl Work<'_> {
    pub fn run_child(
        &self,
        command: &[OsString],
        _: &Signals,
        _: Duration,
        _: &dyn Reporter,
    ) -> Result<i32, SpawnError> {
        let status = Command::new(&command[0])
            .args(&command[1..])
            .env("OCTOPUS_API_KEY", self.key.expose())
            .env("OCTOPUS_URL", self.address.as_str())
            .status();
        status
            .map(|status| status.code().unwrap_or(125))
            .map_err(|_| SpawnError)
    }
}

#[derive(Debug)]
pub struct SpawnError;

impl SpawnError {
    pub fn exit_code(&self) -> u8 {
        127
    }
    pub fn failure(&self) -> Failure {
        Failure::new("The command was not found.", "")
    }
}

pub fn refuse_secret_arguments(_: &[OsString]) -> Result<(), Failure> {
    Ok(())
}

pub fn exit_code_of(code: i32) -> ExitCode {
    u8::try_from(code).map_or_else(|_| std::process::exit(code), ExitCode::from)
}
