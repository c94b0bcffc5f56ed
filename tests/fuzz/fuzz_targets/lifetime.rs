//! No text breaks the reader of times, and no time its writer.
#![no_main]

#[path = "../../../src/lifetime.rs"]
mod lifetime;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(duration) = lifetime::parse(text) {
        assert!(!duration.is_zero() && !lifetime::describe(duration).is_empty());
    }
});
