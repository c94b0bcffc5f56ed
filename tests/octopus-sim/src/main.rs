//! `octopus-sim`: the simulated Octopus Server, for use by hand.

use std::time::Duration;

use clap::Parser;
use octopus_sim::{
    ADMIN, ALICE, BOB, Hints, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, RateLimit, Settings,
};

/// Starts a simulated Octopus Server on the loopback, and runs until Ctrl-C.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the command line"
)]
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Serve HTTPS
    #[arg(long)]
    tls: bool,
    /// The port to listen on; by default the system chooses one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Behave as a server of before 2020.6: keys without expiry, no filter of keys
    #[arg(long)]
    old_server: bool,
    /// Limit each user to 200 requests a minute, as current servers do
    #[arg(long)]
    rate_limit: bool,
    /// Show hints as the portal does, with bullets
    #[arg(long)]
    bullets: bool,
    /// How long every request is on its way, in milliseconds
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    delay_ms: u64,
}

fn main() {
    let options = Options::parse();
    let base = if options.old_server {
        Settings::old_server()
    } else {
        Settings::default()
    };
    let limit = options.rate_limit.then(RateLimit::default);
    let octopus = Settings {
        tls: options.tls,
        port: options.port,
        delay: Duration::from_millis(options.delay_ms),
        rate_limit: limit,
        hints: if options.bullets {
            Hints::BULLETS
        } else {
            base.hints
        },
        ..base
    }
    .start();
    introduce(&octopus, options.tls);
    loop {
        std::thread::park();
    }
}

/// Says who is there, and how to use the service account's key.
fn introduce(octopus: &Octopus, tls: bool) {
    println!("A simulated Octopus Server listens at {}\n", octopus.url());
    for (id, username, key) in [
        (ADMIN, "admin", octopus.admin_key()),
        (ALICE, "alice", octopus.key_of_alice()),
        (BOB, "bob", "has no key"),
        (RUNBOOK_SVC, "runbook-svc", octopus.service_key()),
        (RUNBOOK_ALICE, "runbook-alice", "has no key"),
    ] {
        println!("{id:10}{username:15}{key}");
    }
    println!("\nTo use runbook-svc, paste this into a shell:\n");
    println!("export OCTOPUS_URL={}", octopus.url());
    println!("export OCTOPUS_API_KEY={}", octopus.service_key());
    if tls {
        println!("export RUNKEY_CA_FILE={}", octopus.ca_file().display());
    }
    println!("\nCtrl-C stops it.");
}
