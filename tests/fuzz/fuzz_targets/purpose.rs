//! A purpose that runkey built is read back as it was built; no other text breaks the reader.
#![no_main]

#[path = "../../../src/key/purpose.rs"]
mod purpose;
#[path = "../../../src/output/sanitize.rs"]
mod sanitize;
#[path = "../../../src/secret.rs"]
mod secret;
#[path = "../../../src/stranger.rs"]
mod stranger;

use libfuzzer_sys::fuzz_target;
use purpose::{Purpose, RunId};

fuzz_target!(|texts: (&str, &str)| {
    let (by, id) = texts;
    purpose::parse(by);
    let Ok(run_id) = RunId::new(id, &[]) else { return };
    let Ok(purpose) = Purpose::of_run(by, &run_id, &[]) else {
        return;
    };
    let run = purpose.run().expect("a purpose that runkey built");
    assert_eq!((run.by, run.id), (by.trim(), id.trim()));
});
