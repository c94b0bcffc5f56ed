//! `octopus-sim`: the simulated Octopus Server, for use by hand.

use std::io::stdin;

use clap::Parser;
use octopus_sim::worker::Worker;
use octopus_sim::{ADMIN, ALICE, BOB, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings, run_task};

/// Starts a simulated Octopus Server on the loopback, and runs until Ctrl-C. Each line of its input
/// names a runbook, which it runs as alice.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Serve HTTPS
    #[arg(long)]
    tls: bool,
    /// The port to listen on; by default the system chooses one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
}

fn main() {
    let options = Options::parse();
    let octopus = Settings {
        tls: options.tls,
        port: options.port,
        ..Settings::default()
    }
    .start();
    introduce(&octopus, options.tls);
    for runbook in stdin().lines().map_while(Result::ok) {
        run(&octopus, runbook.trim());
    }
    loop {
        std::thread::park();
    }
}

/// Runs a runbook as alice, on a worker of its own.
fn run(octopus: &Octopus, runbook: &str) {
    let Some(task) = octopus.tasks().queue_runbook(runbook) else {
        println!("No published runbook is named '{runbook}'.");
        return;
    };
    match run_task(octopus, &task, &Worker::new()) {
        Ok(result) => println!("{}", result.render(false)),
        Err(error) => println!("The worker failed: {error}."),
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
    println!("\nType a runbook's name here to run it as alice. Ctrl-C stops the server.");
}
