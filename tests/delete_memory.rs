//! `runkey delete` reads any list in little memory, one without an end too.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::fs;
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use common::{PURPOSE, add_live_key, delete};
use octopus_sim::{Lie, MadeUp, Octopus, RUNBOOK_SVC};

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

#[test]
fn a_list_without_an_end_is_given_up_at_a_million_items_in_little_memory() {
    for made_up in [MadeUp::NewIds, MadeUp::ChangingIds] {
        let octopus = Octopus::start();
        add_live_key(&octopus, PURPOSE);
        let lie = octopus.fault(Lie::endless_list(made_up));
        lie.on("GET", "/apikeys").forever();
        let (mut command, folder) = delete(&octopus).args(["--retry-for", "30m"]).into_command();
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let (exit, peak) = peak_memory(&mut command.spawn().unwrap());
        fs::remove_dir_all(folder).unwrap();
        assert_eq!(exit.code(), Some(1));
        assert!(peak > MIB, "the peak was seen");
        assert!(peak < 64 * MIB, "{made_up:?}: {} MiB", peak / MIB);
        assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1, "the run's key is gone");
    }
}
