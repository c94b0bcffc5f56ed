//! Kills the program at a moment that is known.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use octopus_sim::{Fault, Octopus};

use crate::action::Moment;
use crate::common::Runkey;

/// Starts this step and kills it (`kill -9`) once its first request with `method` has come so far.
pub fn kill_at(octopus: &Octopus, step: Runkey<'_>, method: &str, moment: Moment) {
    let fault = match moment {
        // Both leave the program waiting for the rest of an answer.
        Moment::BeforeItIsDone => Fault::Timeout,
        Moment::AfterItIsDone => Fault::SlowBody,
    };
    octopus.forget_requests();
    octopus.fault(fault).on(method, "/apikeys");
    let (mut command, folder) = step.into_command();
    // With nobody to listen, `create` would not make a key.
    let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    while !has_come_so_far(octopus, method, moment) {
        assert!(start.elapsed() < Duration::from_mins(1), "no {method}");
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

fn has_come_so_far(octopus: &Octopus, method: &str, moment: Moment) -> bool {
    let requests = octopus.requests();
    let mut of_method = requests.iter().filter(|request| request.method == method);
    match moment {
        Moment::BeforeItIsDone => of_method.next().is_some(),
        // The status is known when the request has been processed.
        Moment::AfterItIsDone => of_method.any(|request| request.status.is_some()),
    }
}
