//! `octopus-sim`: the simulated Octopus Server, for use by hand.

mod terminal;

use std::io::stdin;

use clap::Parser;
use octopus_sim::{ADMIN, ALICE, BOB, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings};
use terminal::Terminal;

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
    let terminal = Terminal::new(&octopus);
    for line in stdin().lines().map_while(Result::ok) {
        let runbook = line.trim();
        if !runbook.is_empty() {
            terminal.run(runbook);
        }
    }
    loop {
        std::thread::park();
    }
}

/// Says who is there, and how to use the keys of the service account and of the administrator.
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
    println!("\nTo use runbook-svc, paste this into another shell:\n");
    println!("export OCTOPUS_URL={}", octopus.url());
    println!("export OCTOPUS_API_KEY={}", octopus.service_key());
    if tls {
        println!("export RUNKEY_CA_FILE={}", octopus.ca_file().display());
    }
    println!(
        "\nOnly `install` needs the administrator's key. After `package`, for that command alone:\n"
    );
    println!(
        "OCTOPUS_API_KEY={} cargo run -p step-templates -- install --space Default --service-account runbook-svc --example-runbook \"Web Shop\"",
        octopus.admin_key()
    );
    println!("\nType a runbook's name here to run it as alice.");
    // The last line: scripts wait for it.
    println!("Ctrl-C stops the server.");
}
