//! No known secret is shown, whatever stands around it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use octopus::{Secret, Untrusted};

const KEY: &str = "API-QWERTZUIOPASDFGHJKLYXCVBNM12345";

fuzz_target!(|text: &str| {
    let secret = Secret::new(KEY.to_owned());
    let half = text.len() / 2;
    let half = (0..=half).rev().find(|at| text.is_char_boundary(*at));
    let (before, after) = text.split_at(half.unwrap_or_default());
    let shown = Untrusted::from(format!("{before}{KEY}{after}")).to_string();
    assert!(!secret.is_in(&shown), "{shown}");
});
