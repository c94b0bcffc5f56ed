//! The contract, and what the project assumes about Octopus, on a real server.
//!
//! ```text
//! RUNKEY_LIVE=1 OCTOPUS_URL=https://… OCTOPUS_API_KEY=API-… \
//!   cargo test --test live -- --ignored --nocapture
//! ```
//!
//! The key should be a service account's. Only keys of a purpose of its own are made, they expire
//! after ten minutes, and all are revoked at the end, whatever happens. It prints which assumptions
//! are confirmed. The same is run against the simulated server in every test run.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod api;
mod assumptions;

use std::process::{Command, Output};

use octopus_sim::Octopus;
use serde_json::Value;

/// A server, and a credential on it.
struct Live {
    url: String,
    service_key: String,
    purpose: String,
}

/// A key that `create` handed over.
struct RunKey {
    secret: String,
    id: String,
    owner: String,
}

/// Whether the server is as assumed; `Err` when it is not, or when that could not be seen.
type Finding = Result<String, String>;

impl Live {
    fn new(url: &str, service_key: &str) -> Self {
        let number = fastrand::u64(..);
        Self {
            url: url.to_owned(),
            service_key: service_key.to_owned(),
            purpose: format!("runkey live check {number:016x} [runkey Live-{number:016x}]"),
        }
    }

    /// Runs the real program with this key; variables such as a proxy's are left as they are.
    fn runkey(&self, key: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_runkey"))
            .args(arguments)
            .args(["--purpose", &self.purpose, "--output", "json"])
            .env("OCTOPUS_URL", &self.url)
            .env("OCTOPUS_API_KEY", key)
            .env_remove("OCTOPUS_ACCESS_TOKEN")
            .output()
            .unwrap()
    }

    /// A key of this check's own purpose.
    fn create(&self, options: &[&str]) -> Result<RunKey, String> {
        let arguments = [&["create", "--expires-in", "10m"], options].concat();
        let output = self.runkey(&self.service_key, &arguments);
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let made: Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Ok(RunKey {
            secret: text("ApiKey"),
            id: text("ApiKeyId"),
            owner: text("ApiKeyOwnerId"),
        })
    }

    /// Revokes all keys of this check's own purpose.
    fn delete(&self) -> Output {
        self.runkey(&self.service_key, &["delete"])
    }

    /// `create`, `use`, `delete`, as a runbook runs them.
    fn keeps_the_contract(&self) {
        let key = self.create(&[]).expect("create makes a key");
        let exact = ["use", "--owner", &key.owner, "--key-id", &key.id];
        for check in [&exact[..], &["use"]] {
            let used = self.runkey(&key.secret, check);
            assert!(used.status.success(), "use accepts it: {used:?}");
        }
        let deleted = self.delete();
        assert!(deleted.status.success(), "delete revokes it: {deleted:?}");
        let used = self.runkey(&key.secret, &["use"]);
        assert_eq!(
            used.status.code(),
            Some(125),
            "use refuses it then: {used:?}"
        );
        let none = self.runkey(&self.service_key, &["delete", "--require"]);
        assert_eq!(none.status.code(), Some(1), "none is left: {none:?}");
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let output = self.delete();
        if !output.status.success() {
            println!(
                "NOT CLEANED UP: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
}

/// Runs the contract and looks at every assumption; gives those that are not confirmed.
fn check(live: &Live) -> Vec<&'static str> {
    live.keeps_the_contract();
    println!("confirmed: the contract of create, use and delete");
    let mut open = Vec::new();
    for (assumption, look) in assumptions::ALL {
        match look(live) {
            Ok(seen) => println!("confirmed: {assumption} ({seen})"),
            Err(seen) => {
                println!("NOT CONFIRMED: {assumption} ({seen})");
                open.push(assumption);
            }
        }
    }
    open
}

#[test]
fn the_simulated_server_is_as_the_project_assumes_octopus_to_be() {
    let octopus = Octopus::start();
    let live = Live::new(octopus.url(), octopus.service_key());
    assert_eq!(check(&live), [""; 0]);
    drop(live);
    assert_eq!(octopus.keys(octopus_sim::RUNBOOK_SVC).len(), 1);
}

#[test]
#[ignore = "needs a real server: RUNKEY_LIVE=1, OCTOPUS_URL and OCTOPUS_API_KEY"]
fn a_real_server_keeps_the_contract() {
    let variable = |name| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    assert_eq!(variable("RUNKEY_LIVE"), "1");
    let live = Live::new(&variable("OCTOPUS_URL"), &variable("OCTOPUS_API_KEY"));
    let open = check(&live);
    println!("{} assumptions are not confirmed", open.len());
}
