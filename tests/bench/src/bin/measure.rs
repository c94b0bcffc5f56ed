//! Runs a command once, its output piped, and says as JSON what that cost.
//!
//! A program of its own because it is small: the system counts the memory of the process that starts
//! a command towards the command's peak, and the one that holds the simulated server is large.

use std::env;
use std::error::Error;
use std::process::Command;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = env::args_os().skip(1);
    let mut command = Command::new(words.next().ok_or("measure COMMAND …")?);
    command.args(words);
    let start = Instant::now();
    let output = command.output()?;
    let wall = start.elapsed();
    // The command is the only child, so the children's usage is its own.
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = usage.user_time() + usage.system_time();
    let text = [output.stderr, output.stdout].concat();
    let measured = json!({
        "wall": wall.as_secs_f64(),
        "cpu": f64::from(i32::try_from(cpu.num_microseconds())?) / 1e6,
        "peak_kib": usage.max_rss(),
        "is_success": output.status.success(),
        "output": String::from_utf8_lossy(&text),
    });
    println!("{measured}");
    Ok(())
}
