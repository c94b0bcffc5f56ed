//! A server, and one step of a participant against it: prepared, measured, and checked.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use color_eyre::eyre::{Result, ensure};
use jiff::SignedDuration;
use octopus_sim::{Octopus, RUNBOOK_SVC, Settings};

use crate::Step;
use crate::participant::{self, Participant};
use crate::sample::{self, Sample};

const RUN_BY: &str = "Alice King (alice)";
const RUN_ID: &str = "ServerTasks-123";
/// The purpose of the run's key, as runkey writes it.
const PURPOSE: &str = "Alice King (alice) [runkey ServerTasks-123]";

/// A server with TLS.
pub struct Stage {
    octopus: Octopus,
    measure: PathBuf,
}

impl Stage {
    /// Starts the server.
    ///
    /// # Errors
    /// When this program's folder is not known.
    pub fn start() -> Result<Self> {
        let octopus = Settings {
            tls: true,
            ..Settings::default()
        }
        .start();
        let measure = participant::release("measure")?;
        Ok(Self { octopus, measure })
    }

    /// Has a participant do one step once.
    ///
    /// # Errors
    /// When it fails, or does not do what it was for.
    pub fn play(&self, participant: &Participant, step: Step) -> Result<Sample> {
        self.octopus.forget_requests();
        let before = self.octopus.connections();
        let measured = sample::measure(self.command(participant, step))?;
        let sample = Sample {
            wall: measured.wall,
            cpu: measured.cpu,
            peak_kib: measured.peak_kib,
            requests: self.octopus.requests().len(),
            connections: self.octopus.connections() - before,
        };
        let mut keys = self.octopus.keys(RUNBOOK_SVC);
        keys.retain(|key| key.purpose == PURPOSE);
        let expected = usize::from(step == Step::Create);
        ensure!(
            keys.len() == expected && keys.iter().all(|key| key.expires.is_some()),
            "{} {} left these keys: {keys:?}",
            participant.name,
            step.name()
        );
        if !participant.deletes {
            self.octopus.revoke(&keys[0].id);
        }
        Ok(sample)
    }

    /// `measure`, with the command that does this step.
    fn command(&self, participant: &Participant, step: Step) -> Command {
        let mut command = Command::new(&self.measure);
        // What else is set here, such as a proxy, must not favor or hinder any of them.
        command
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("OCTOPUS_URL", self.octopus.url())
            .env("OCTOPUS_API_KEY", self.octopus.service_key())
            .env("RUNKEY_CA_FILE", self.octopus.ca_file())
            .env("RUNKEY_RUN_BY", RUN_BY)
            .env("RUNKEY_RUN_ID", RUN_ID)
            .args(&participant.command);
        // It gets what `create` passed on, as in the step templates.
        if step == Step::Delete {
            command.env("RUNKEY_OWNER", RUNBOOK_SVC);
        }
        if participant.deletes {
            command.arg(step.name());
        } else {
            self.add_requests(&mut command);
        }
        command
    }

    /// The two requests of `create`, as arguments of curl.
    fn add_requests(&self, curl: &mut Command) {
        let (url, ca_file) = (self.octopus.url(), self.octopus.ca_file());
        let header = format!("X-Octopus-ApiKey: {}", self.octopus.service_key());
        let expires = self.octopus.now() + SignedDuration::from_hours(1);
        let body = format!(r#"{{"Purpose":"{PURPOSE}","Expires":"{expires}"}}"#);
        let common = ["--silent", "--fail", "--header", &header, "--cacert"];
        curl.args(common).arg(ca_file);
        curl.arg(format!("{url}/api/users/me")).arg("--next");
        curl.args(common).arg(ca_file);
        curl.args([
            "--header",
            "Content-Type: application/json",
            "--data",
            &body,
        ])
        .arg(format!("{url}/api/users/{RUNBOOK_SVC}/apikeys"));
    }
}
