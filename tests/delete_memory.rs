//! `runkey delete` reads any list in little memory, one without an end too.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::fs;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use common::{PURPOSE, add_live_key, delete};
use octopus_sim::{Lie, MadeUp, Octopus, RUNBOOK_SVC};
use serde_json::json;

const MIB: usize = 1024 * 1024;

/// Waits for the program, and gives the most memory that it ever held, in bytes.
fn peak_memory(child: &mut Child) -> (ExitStatus, usize) {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        if let Some(exit) = child.try_wait().unwrap() {
            return (exit, peak);
        }
        // The system's own high-water mark; the last look at it comes just before the end.
        peak = high_water_mark(&fs::read_to_string(&status).unwrap_or_default()).unwrap_or(peak);
        thread::sleep(Duration::from_millis(2));
    }
}

fn high_water_mark(status: &str) -> Option<usize> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: usize = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib * 1024)
}

/// Runs `runkey delete` to its end, which is a failure, and gives the most memory that it held.
fn peak_of_failing_delete(octopus: &Octopus, arguments: &[&str]) -> usize {
    let (mut command, folder) = delete(octopus).args(arguments).into_command();
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    let (exit, peak) = peak_memory(&mut command.spawn().unwrap());
    fs::remove_dir_all(folder).unwrap();
    assert_eq!(exit.code(), Some(1));
    println!("{} MiB", peak / MIB);
    assert!(peak > MIB, "the peak was seen");
    peak
}

#[test]
fn a_list_without_an_end_is_given_up_at_a_million_items_in_little_memory() {
    let octopus = Octopus::start();
    add_live_key(&octopus, PURPOSE);
    let lie = octopus.fault(Lie::endless_list(MadeUp::NewIds));
    lie.on("GET", "/apikeys").forever();
    let peak = peak_of_failing_delete(&octopus, &["--retry-for", "30m"]);
    assert!(peak < 64 * MIB, "{} MiB", peak / MIB);
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1, "the run's key is gone");
    assert!(octopus.requests().len() > 1000);
}

#[test]
fn a_list_without_an_end_of_keys_of_this_purpose_is_given_up_in_little_memory() {
    let octopus = Octopus::start();
    let next = AtomicUsize::new(0);
    octopus.rewrite("GET", "/apikeys", move |page| {
        let key = |_| {
            let number = next.fetch_add(1, Ordering::Relaxed);
            json!({
                "Id": format!("apikeys-{}", 1_000_000 + number),
                "Purpose": PURPOSE,
                "Created": "2026-01-01T00:00:00.000+00:00",
                "Expires": "2036-01-01T00:00:00.000+00:00",
                "ApiKey": { "Hint": "API-MADE" },
                "AccessLevel": "FullAccess",
            })
        };
        page["Items"] = (0..1000).map(key).collect();
        page["TotalResults"] = json!(10_000_000);
    });
    let peak = peak_of_failing_delete(&octopus, &["--dry-run"]);
    assert!(peak < 64 * MIB, "{} MiB", peak / MIB);
}
