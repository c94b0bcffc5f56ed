//! No text is dangerous once it is defused.
#![no_main]

#[path = "../../../src/text.rs"]
mod text;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|stranger: &str| {
    for line in [text::defuse(stranger), text::excerpt(stranger)] {
        assert!(!line.contains("##octopus["));
        assert!(!line.contains(char::is_control));
        assert!(line.chars().count() <= 2001);
    }
});
