//! No text breaks the reader of durations, and no duration its writer.
#![no_main]

#[path = "../../../src/duration.rs"]
mod duration;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(read) = duration::parse(text) {
        assert!(!read.is_zero() && !duration::describe(read).is_empty());
    }
});
