//! Whatever the value, a service message is one line, and its values are base64 in single quotes.
#![no_main]

#[path = "../../../src/output/service_message.rs"]
mod service_message;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str)| {
    let (name, value) = texts;
    let line = service_message::set_sensitive_variable(name, value);
    assert_eq!(line.matches('\n').count(), 1);
    let quoted: Vec<&str> = line.split('\'').skip(1).step_by(2).collect();
    let decoded = quoted
        .iter()
        .map(|text| BASE64_STANDARD.decode(text).expect("base64"));
    let expected = [name, value, "True"].map(|text| text.as_bytes().to_vec());
    assert!(decoded.eq(expected));
});
