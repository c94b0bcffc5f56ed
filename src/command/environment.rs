//! What COMMAND finds in its environment: the run's key and no other.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use crate::octopus::Address;
use crate::secret::{ACCESS_TOKEN, API_KEY, Secret};
use crate::stranger::Stranger;

/// What COMMAND works with.
#[derive(Debug)]
pub struct Work<'a> {
    pub key: &'a Secret,
    pub address: &'a Address,
    pub space: Option<&'a Stranger>,
}

impl Work<'_> {
    /// COMMAND with this environment, the key, and without what only runkey needs.
    pub fn command(&self, program: &OsString, arguments: &[OsString]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments);
        for (name, _) in env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"RUNKEY_") {
                command.env_remove(name);
            }
        }
        command.env_remove(ACCESS_TOKEN);
        command
            .env(API_KEY, self.key.expose())
            .env("OCTOPUS_URL", self.address.as_str());
        if let Some(space) = self.space {
            command.env("OCTOPUS_SPACE", space.as_given());
        }
        command
    }
}
