//! A server, and one step of one rival against it: set up, measured, and checked to have been done.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use color_eyre::eyre::{ContextCompat, Result, ensure};
use jiff::SignedDuration;
use octopus_sim::{AddedKey, Octopus, RUNBOOK_SVC, Settings};

use crate::distance;
use crate::prepare::Programs;
use crate::rival::{Kind, Rival, Step};
use crate::sample::{self, Sample};

const RUN_BY: &str = "Alice King (alice)";
const RUN_ID: &str = "ServerTasks-123";
/// The purpose of the run's key, as runkey writes it.
pub const PURPOSE: &str = "Alice King (alice) [runkey ServerTasks-123]";

/// Whom the clients trust.
pub enum Trust {
    /// The server's authority alone, from a file of its own.
    Authority,
    /// All of the system's certificates, and the authority among them, in this file.
    System(PathBuf),
}

/// A server, near or far, and how to reach it.
pub struct Stage {
    pub octopus: Octopus,
    url: String,
    measure: PathBuf,
    trust: Trust,
}

impl Stage {
    /// Starts a server with TLS that is `round_trip` away.
    ///
    /// # Errors
    /// When the proxy in front of it cannot be started.
    pub fn set(programs: &Programs, settings: Settings, round_trip: Duration) -> Result<Self> {
        let octopus = Settings {
            tls: true,
            ..settings
        }
        .start();
        let mut url = octopus.url().to_owned();
        if !round_trip.is_zero() {
            let server = url.strip_prefix("https://").wrap_err("it has TLS")?;
            url = format!("https://{}", distance::to(server.parse()?, round_trip)?);
        }
        Ok(Self {
            octopus,
            url,
            measure: programs.release("measure"),
            trust: Trust::Authority,
        })
    }

    /// The same server, seen by clients that trust others.
    pub fn trusting(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    /// Has a rival do one step once.
    ///
    /// # Errors
    /// When it fails, or does not do what it was for.
    pub fn play(&self, rival: &Rival, step: Step) -> Result<Sample> {
        let key = match step {
            Step::Create => None,
            Step::Use | Step::Delete => Some(self.add_key()),
        };
        let sample = self.counted(|| sample::take(self.command(rival, step, key.as_ref())))?;
        let mut left = self.octopus.keys(RUNBOOK_SVC);
        left.retain(|key| key.purpose == PURPOSE);
        let expected = usize::from(step != Step::Delete);
        ensure!(
            left.len() == expected && left.iter().all(|key| key.expires.is_some()),
            "{} {} left these keys: {left:?}",
            rival.name,
            step.name()
        );
        for key in left {
            self.octopus.revoke(&key.id);
        }
        Ok(sample)
    }

    /// Adds a key of the run, good for an hour.
    pub fn add_key(&self) -> AddedKey {
        let expires = self.octopus.now() + SignedDuration::from_hours(1);
        self.octopus.add_key(RUNBOOK_SVC, PURPOSE, Some(expires))
    }

    /// Counts the requests and connections of what is done.
    ///
    /// # Errors
    /// Those of what is done.
    pub fn counted(&self, doing: impl FnOnce() -> Result<Sample>) -> Result<Sample> {
        self.octopus.forget_requests();
        let before = self.octopus.connections();
        let sample = doing()?;
        Ok(Sample {
            requests: self.octopus.requests().len(),
            connections: self.octopus.connections() - before,
            ..sample
        })
    }

    /// `measure`, with the command that does this step.
    pub fn command(&self, rival: &Rival, step: Step, key: Option<&AddedKey>) -> Command {
        let mut command = Command::new(&self.measure);
        let service_key = self.octopus.service_key();
        // What else is set here, such as a proxy, must not favour or hinder anyone.
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .env_clear()
            .env("PATH", path)
            .env("OCTOPUS_URL", &self.url)
            .env("OCTOPUS_API_KEY", service_key)
            .env("RUNKEY_RUN_BY", RUN_BY)
            .env("RUNKEY_RUN_ID", RUN_ID);
        match &self.trust {
            Trust::Authority => command.env("RUNKEY_CA_FILE", self.octopus.ca_file()),
            Trust::System(bundle) => command.env("SSL_CERT_FILE", bundle),
        };
        // The later steps get what `create` handed on, as in the step templates.
        if let (Step::Use, Some(key)) = (step, key) {
            command.env("OCTOPUS_API_KEY", &key.secret);
            command.env("RUNKEY_KEY_ID", &key.id);
        }
        if step != Step::Create {
            command.env("RUNKEY_OWNER", RUNBOOK_SVC);
        }
        match &rival.kind {
            Kind::Steps(words) => command.args(words).arg(step.name()),
            Kind::CreateAlone(words) => command
                .args(words)
                .env("BENCH_OWNER", RUNBOOK_SVC)
                .env("BENCH_BODY", self.body()),
            Kind::Curl => {
                let both = ["--silent", "--fail", "--cacert"];
                let header = format!("X-Octopus-ApiKey: {service_key}");
                command
                    .arg("curl")
                    .args(both)
                    .arg(self.trusted_file())
                    .args(["--header", &header, &format!("{}/api/users/me", self.url)])
                    .arg("--next")
                    .args(both)
                    .arg(self.trusted_file())
                    .args(["--header", &header])
                    .args(["--header", "Content-Type: application/json"])
                    .args(["--data", &self.body()])
                    .arg(format!("{}/api/users/{RUNBOOK_SVC}/apikeys", self.url))
            }
        };
        command
    }

    fn trusted_file(&self) -> &Path {
        match &self.trust {
            Trust::Authority => self.octopus.ca_file(),
            Trust::System(bundle) => bundle,
        }
    }

    /// What is posted to make the key.
    fn body(&self) -> String {
        let expires = self.octopus.now() + SignedDuration::from_hours(1);
        format!(r#"{{"Purpose":"{PURPOSE}","Expires":"{expires}"}}"#)
    }
}
