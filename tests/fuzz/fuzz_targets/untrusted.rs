//! No untrusted text injects a service message into either of Octopus's parsers once it is shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use octopus::{Untrusted, escape_json};
use octopus_sim::worker::service_message::harm;

/// What the parsers look for, so that it is found sooner than by chance.
const PARTS: [&str; 8] = [
    "#", "##octopus", "[", "＃", "\u{AD}", "\u{202E}", "\n", "mask value='YQ==']",
];

fuzz_target!(|bytes: &[u8]| {
    let built: String = bytes
        .iter()
        .map(|byte| PARTS.get(usize::from(*byte)).copied().unwrap_or("x"))
        .collect();
    for text in [String::from_utf8_lossy(bytes).into_owned(), built] {
        let untrusted = Untrusted::from(text.as_str());
        let line = untrusted.to_string();
        assert_eq!(harm(&line), None, "{text:?} is shown as {line:?}");
        assert!(!line.contains(char::is_control));
        assert!(line.chars().count() <= 501);

        let json = serde_json::to_string(&untrusted).expect("text is JSON");
        let safe = escape_json(&json);
        assert_eq!(harm(&safe), None, "{text:?} is written as {safe:?}");
    }
});
